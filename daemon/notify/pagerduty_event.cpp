// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// PagerDuty joins the events of an incident by dedup_key, of at most 255 characters.
#include "daemon/notify/notice_formats.hpp"
#include "daemon/notify/notice_words.hpp"
#include "reconciler/report/json_values.hpp"

#include <optional>

namespace authzd {
namespace {

using report::Json;

constexpr std::size_t kMostSummary = 1024;  // characters, by PagerDuty's limit

/// The kind that began the incident; none: the notice belongs to no incident.
std::optional<NoticeKind> beginning_of(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::plan_held:
    case NoticeKind::hold_ended: return NoticeKind::plan_held;
    case NoticeKind::account_failing:
    case NoticeKind::account_recovered: return NoticeKind::account_failing;
    default: return std::nullopt;
  }
}

Json details_of(const Notice& notice, const NoticeWords& words) {
  return {{"what", words.lines},
          {"account", notice.cycle.account_name},
          {"accountId", notice.cycle.account.value},
          {"revision", revision_of(notice)},
          {"commit", words.commit},
          {"commands", words.commands}};
}

}  // namespace

bool is_incident(NoticeKind kind) {
  return beginning_of(kind).has_value();
}

std::string pagerduty_event(const Notice& notice, const Secret& routing_key) {
  const CycleSummary& cycle = notice.cycle;
  const NoticeKind begun = beginning_of(notice.kind).value_or(notice.kind);
  const bool is_beginning = begun == notice.kind;
  Json event = {
      {"routing_key", std::string(routing_key.reveal())},
      {"event_action", is_beginning ? "trigger" : "resolve"},
      {"dedup_key",
       "authzd/" + cycle.owner + "/" + cycle.account.value + "/" + std::string(to_string(begun))}};
  if (!is_beginning) return report::dump(event, -1);
  const NoticeWords words = words_of(notice);
  const bool is_held = notice.kind == NoticeKind::plan_held;
  event["payload"] = {{"summary", first_characters(words.title, kMostSummary - 1)},
                      {"source", "authzd/" + cycle.owner},
                      {"severity", is_held ? "warning" : "error"},
                      {"timestamp", to_rfc3339(cycle.at)},
                      {"component", cycle.account_name},
                      {"class", to_string(notice.kind)},
                      {"custom_details", details_of(notice, words)}};
  if (!words.link.empty()) {
    event["links"] = Json::array({{{"href", words.link}, {"text", "Show the commit"}}});
  }
  return report::dump(event, -1);
}

}  // namespace authzd
