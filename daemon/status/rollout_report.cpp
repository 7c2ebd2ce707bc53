// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/rollout_report.hpp"

#include "reconciler/base/commit.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/text_table.hpp"

#include <utility>
#include <vector>

namespace authzd {
namespace {

using report::Json;

constexpr int kFormat = 1;
constexpr std::size_t kMostWaiting = 20;  // accounts that are shown one by one

std::string waves_table(const RolloutView& view, std::size_t width) {
  std::vector<std::vector<std::string>> rows{
      {"WAVE", "LABELS", "STATE", "ACCOUNTS", "DONE", "ON THEIR WAY", "LEFT OUT"}};
  for (const WaveView& wave : view.waves) {
    rows.push_back({printable(wave.text),
                    wave.match.empty() ? "-" : printable(wave.match),
                    std::string(to_string(wave.state)),
                    std::to_string(wave.accounts),
                    std::to_string(wave.done),
                    std::to_string(wave.under_way),
                    std::to_string(wave.left_out)});
  }
  const TableFit fit{.width = width, .cut = {0, 1}, .dropped = {6}};
  return text_table(std::move(rows), fit);
}

Json wave_json(const WaveView& wave) {
  return {{"wave", wave.text},
          {"match", wave.match},
          {"state", to_string(wave.state)},
          {"accounts", wave.accounts},
          {"done", wave.done},
          {"underWay", wave.under_way},
          {"leftOut", wave.left_out},
          {"why", wave.why}};
}

}  // namespace

std::string rollout_text(const RolloutView& view, TextStyle style) {
  if (view.revision.empty()) return "No account has seen a revision yet.\n";
  Layout out(style);
  out.headline('=', "Revision " + printable(view.revision) + ": " + summary_text(view));
  out.detail("began", to_rfc3339(view.began));
  if (!view.who.empty()) out.detail(view.word, "by " + printable(view.who));
  std::string text = std::move(out).take() + "\n" + waves_table(view, style.width);
  Layout waiting(style);
  std::size_t shown = 0;
  for (const WaitingAccount& account : view.waiting) {
    if (shown++ == kMostWaiting) break;
    waiting.detail("waits", "account " + printable(account.name) + ": " + printable(account.why));
  }
  const std::string lines = std::move(waiting).take();
  if (!lines.empty()) text += "\n" + lines;
  if (view.waiting.size() > kMostWaiting) {
    text +=
        "and " + std::to_string(view.waiting.size() - kMostWaiting) + " more: -o json shows all\n";
  }
  return text;
}

Json rollout_json(const std::optional<RolloutView>& view) {
  if (!view) return nullptr;
  Json waves = Json::array();
  for (const WaveView& wave : view->waves) waves.push_back(wave_json(wave));
  Json waiting = Json::array();
  for (const WaitingAccount& account : view->waiting) {
    waiting.push_back(
        {{"id", account.account.value}, {"name", account.name}, {"why", account.why}});
  }
  const bool has_begun = !view->revision.empty();
  return {{"revision", report::optional_text(view->revision)},
          {"state", state_of(*view)},
          {"began", has_begun ? Json(to_rfc3339(view->began)) : Json(nullptr)},
          {"accounts", view->accounts},
          {"done", view->done},
          {"paused", view->is_paused},
          {"promoted", view->is_promoted},
          {"urgent", view->is_urgent},
          {"stopped", report::optional_text(view->stopped)},
          {"askedBy", report::optional_text(view->who)},
          {"asked", report::optional_text(view->word)},
          {"waves", std::move(waves)},
          {"waiting", std::move(waiting)}};
}

std::string rollout_document(const std::optional<RolloutView>& view) {
  const Json document{{"formatVersion", kFormat}, {"rollout", rollout_json(view)}};
  return report::dump(document, 2) + "\n";
}

}  // namespace authzd
