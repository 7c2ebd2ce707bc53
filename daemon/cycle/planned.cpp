// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/planning.hpp"

#include <utility>

namespace authzd {

std::string commit_text(const Planned& planned) {
  return commit_text(planned.commit);
}

void take(Observation observation, Planned& planned) {
  planned.policies = observation.policies.size();
  planned.listed = std::move(observation.policies);
  planned.list_took = observation.list_took;
  planned.time = observation.time;
  planned.is_use_known = observation.is_use_known;
  planned.identity = std::move(observation.identity);
  planned.findings.gone = std::move(observation.gone);
  planned.findings.foreign = std::move(observation.foreign);
  planned.findings.open_writes = std::move(observation.open_writes);
}

std::vector<PolicyId> released_of(const Plan& plan) {
  std::vector<PolicyId> released;
  for (const Note& note : plan.notes) {
    if (note.reason == NoteReason::released && !note.id.empty()) released.push_back(note.id);
  }
  return released;
}

}  // namespace authzd
