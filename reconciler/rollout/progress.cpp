// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rollout/progress.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// The cycle enforced a revision that nobody had said was taken: there were no waves at the time.
bool is_unannounced(const RolloutProgress& progress, const CycleFaring& cycle) {
  return !cycle.revision.empty() && cycle.revision != progress.revision &&
         (progress.revision.empty() || cycle.revision != progress.earlier);
}

}  // namespace

RolloutProgress after_passage(RolloutProgress progress,
                              const std::string& revision,
                              const std::string& in_force,
                              Passage passage,
                              bool is_fresh) {
  const RolloutStep reached =
      passage == Passage::take ? RolloutStep::taken : RolloutStep::narrowing;
  const bool is_known = progress.revision == revision;
  if (passage == Passage::wait || (is_known && progress.reached >= reached)) return progress;
  progress.reached = reached;
  if (!is_known && is_fresh) progress.before = progress.marks;
  if (is_known || is_fresh) {
    progress.trouble.reset();
    progress.why.clear();
  }
  if (is_known) return progress;
  progress.revision = revision;
  progress.earlier = in_force;
  return progress;
}

RolloutProgress after_cycle(RolloutProgress progress,
                            const CycleFaring& cycle,
                            const std::set<Trouble>& stop_on) {
  if (is_unannounced(progress, cycle)) {
    progress.revision = cycle.revision;
    progress.earlier.clear();
    progress.before.clear();
    progress.reached = cycle.narrows ? RolloutStep::narrowing : RolloutStep::taken;
  }
  progress.marks.clear();
  for (const Symptom& symptom : cycle.symptoms) progress.marks.insert(symptom.mark);
  std::erase_if(progress.before,
                [&](const std::string& mark) { return !progress.marks.contains(mark); });
  progress.trouble.reset();
  progress.why.clear();
  if (progress.reached < RolloutStep::taken) return progress;
  for (const Symptom& symptom : cycle.symptoms) {
    const bool is_new = !progress.before.contains(symptom.mark);
    const bool is_of_it = symptom.revision.empty() || symptom.revision == progress.revision;
    if (!is_new || !is_of_it || !stop_on.contains(symptom.trouble) || progress.trouble) continue;
    progress.trouble = symptom.trouble;
    progress.why = symptom.text;
  }
  const bool is_clean = cycle.revision == progress.revision && cycle.is_applied && !cycle.narrows;
  if (is_clean && !progress.trouble) progress.reached = RolloutStep::done;
  return progress;
}

RolloutStep reached_of(const RolloutProgress& progress, const std::string& revision) {
  return progress.revision == revision ? progress.reached : RolloutStep::nothing;
}

}  // namespace authzd
