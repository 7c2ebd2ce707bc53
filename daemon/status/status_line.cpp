// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/status_line.hpp"

#include "reconciler/base/text.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace authzd {
namespace {

constexpr std::size_t kMostInLine = 3;
constexpr std::array<std::string_view, 6> kStateWords{
    "ready", "starting", "held", "stalled", "failing", "suspended"};

std::string_view word_of(const AccountStatus& account) {
  if (account.is_suspended) return "suspended";
  if (!account.last_run) return "starting";
  if (account.stalled.is_true) return "stalled";
  if (account.held.is_true) return "held";
  return account.ready.is_true ? "ready" : "failing";
}

bool needs_a_look(std::string_view word) {
  return word != "ready" && word != "starting";
}

std::string group(std::string_view word, std::vector<std::string> names) {
  std::string text = std::to_string(names.size()) + " " + std::string(word);
  if (!needs_a_look(word)) return text;
  if (names.size() > kMostInLine) {
    names.resize(kMostInLine);
    names.emplace_back("…");
  }
  return text + " (" + join(names, ", ") + ")";
}

}  // namespace

std::string status_line(const DaemonStatus& daemon) {
  std::vector<std::string> groups;
  for (const std::string_view word : kStateWords) {
    std::vector<std::string> names;
    for (const AccountStatus& account : daemon.accounts) {
      if (word_of(account) == word) names.push_back(account.name);
    }
    if (!names.empty()) groups.push_back(group(word, std::move(names)));
  }
  const std::string reload = daemon.refused_reload ? "reload refused; " : "";
  return reload + count_of(daemon.accounts.size(), "account", "accounts") + ": " +
         join(groups, ", ");
}

}  // namespace authzd
