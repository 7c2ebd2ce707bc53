// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/rollout_part.hpp"

#include "daemon/console/words.hpp"

#include <string>

namespace authzd::console {
namespace {

constexpr std::size_t kShortWhy = 300;  // bytes

Markup column(std::string_view title) {
  return element("th", {{"scope", "col"}}, text(title));
}

Markup wave_row(const WaveView& wave) {
  const std::string left_out =
      wave.left_out == 0 ? "" : ", " + std::to_string(wave.left_out) + " left out";
  return element(
             "tr",
             element("th", {{"scope", "row"}}, text(wave.text) + text(" ") + quiet(wave.match)) +
                 cell("State", text(to_string(wave.state))) +
                 cell("Done",
                      text(std::to_string(wave.done) + " of " + std::to_string(wave.accounts) +
                           left_out),
                      "number") +
                 cell("On their way", text(std::to_string(wave.under_way)), "number") +
                 element("td", {{"class", "why"}}, text(wave.why, kShortWhy))) +
         literal("\n");
}

}  // namespace

Markup rollout_part(const RolloutView& rollout, Timestamp now) {
  if (rollout.revision.empty()) return {};
  const bool is_stopped = state_of(rollout) == "stopped";
  const Markup sentence = text("Rollout of ") + revision(rollout.revision) + text(", begun ") +
                          age(rollout.began, now) + text(": " + summary_text(rollout));
  Markup rows;
  for (const WaveView& wave : rollout.waves) rows += wave_row(wave);
  const Markup head =
      column("Wave") + column("State") + column("Done") + column("On their way") + column("Why");
  return element("p", {{"class", is_stopped ? "fault" : "quiet"}}, sentence) +
         of_class("div", "fold", table("Waves", head, rows));
}

}  // namespace authzd::console
