// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the configuration requires of manifests beyond their form.

#include "daemon/config/config_keys.hpp"
#include "daemon/config/config_reader.hpp"
#include "daemon/config/config_sections.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 3> kTicketWords{"widening", "delegate", "otherAccount"};
constexpr std::size_t kMostReminders = 10;
constexpr Milliseconds kLeastReminder = std::chrono::minutes(1);
constexpr Milliseconds kLeastLifetime = std::chrono::minutes(1);

/// In the order of TicketFor.
void decode_ticket_for(const YamlCursor& node, std::set<TicketFor>& out) {
  const auto items = node.list("write ticketFor: [widening, delegate, otherAccount]");
  if (!items) return;
  for (const YamlCursor& item : *items) {
    const auto word = item.text();
    if (!word) continue;
    const auto* const found = std::ranges::find(kTicketWords, *word);
    if (found == kTicketWords.end()) {
      item.error("unknown value " + quoted(*word) + " of require.ticketFor",
                 suggest(*word, kTicketWords));
    } else {
      out.insert(static_cast<TicketFor>(found - kTicketWords.begin()));
    }
  }
}

}  // namespace

void decode_require(const YamlCursor& node,
                    const ConfigEnvironment& environment,
                    Requirements& out) {
  const ConfigMap map(node, config_keys::kRequire, "require", environment);
  map.read("owner", out.owner);
  if (const auto list = map.find("ticketFor")) decode_ticket_for(*list, out.ticket_for);
  if (!map.find("maxLifetime")) return;
  Milliseconds most = kLeastLifetime;
  map.read_duration("maxLifetime", most, kLeastLifetime);
  out.max_lifetime = most;
}

void decode_remind_before(const YamlCursor& node, RemindBefore& out) {
  const auto items = node.list("write remindBefore: [7d, 1d]");
  if (!items) return;
  if (items->size() > kMostReminders) {
    node.error("remindBefore has at most " + std::to_string(kMostReminders) + " times");
  }
  out.clear();
  for (const YamlCursor& item : *items) {
    const auto time = parse_duration(item.raw_text());
    if (!time || item.is_list() || item.is_map()) {
      item.error("expected a duration, got " + item.what(), "write it as 12h or 7d");
    } else if (*time < kLeastReminder) {
      item.error("a time of remindBefore is at least " + to_string(kLeastReminder));
    } else {
      out.insert(*time);
    }
  }
}

}  // namespace authzd
