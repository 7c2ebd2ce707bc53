// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/change_history.hpp"

#include "daemon/state/run_rows.hpp"
#include "reconciler/plan/plan.hpp"

#include <array>
#include <string>
#include <utility>

namespace authzd {
namespace {

/// The index actions_by_sent gives the newest; only the texts of those are read, and not even those
/// where all are asked for.
constexpr const char* kRecent =
    "SELECT r.id, w.number, w.sent FROM"
    " (SELECT run, number, sent FROM actions"
    "  WHERE account = ?1 AND sent IS NOT NULL ORDER BY sent DESC LIMIT ?2) w"
    " JOIN runs r ON r.n = w.run"
    " JOIN actions a ON a.run = w.run AND a.number = w.number WHERE ";

constexpr const char* kOfPolicy =
    "(?3 = '' OR json_extract(a.action, '$.policyId') = ?3"
    " OR json_extract(a.detail, '$.stored.id') = ?3)";

/// What only others can have caused.
constexpr std::array kByOthers{Reason::altered,
                               Reason::marker_restored,
                               Reason::added_by_others,
                               Reason::unmarked,
                               Reason::extras_differ};

/// The engines differ in what a JSON true is as a value.
std::string is_true(const std::string& path) {
  return "CAST(json_extract(a.action, '" + path + "') AS TEXT) IN ('1', 'true')";
}

/// IAM said that others had changed the policy, or its content did.
std::string reverting() {
  std::string reasons;
  for (const Reason reason : kByOthers) {
    reasons += (reasons.empty() ? "'" : ", '") + std::string(to_string(reason)) + "'";
  }
  return " AND (?4 = 0 OR json_extract(a.action, '$.drift') IS NOT NULL"
         " OR " +
         is_true("$.repair") + " OR " + is_true("$.restore") +
         " OR json_extract(a.action, '$.reason') IN (" + reasons + "))";
}

constexpr const char* kNewestFirst = " ORDER BY w.sent DESC, w.run DESC, w.number DESC";

}  // namespace

ChangeHistory::ChangeHistory(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<std::vector<PastMark>> ChangeHistory::find(const PastQuery& query) const {
  const std::string statement = std::string(kRecent) + kOfPolicy + reverting() + kNewestFirst;
  const std::string policy = query.policy ? query.policy->value : std::string();
  const std::size_t reverts_others = query.reverts_others ? 1 : 0;
  return database_->all<PastMark>(statement.c_str(),
                                  {account_.value, query.most_scanned, policy, reverts_others},
                                  [](const SqlRow& row) {
                                    return PastMark{{row.text(0), row.count(1)}, row.time(2)};
                                  });
}

Result<PastChange> ChangeHistory::read(const PastMark& mark) const {
  auto run = read_run_of(*database_, account_, mark.ref.run);
  if (!run) return std::move(run).error();
  auto action = read_recorded_action(*database_, account_, mark.ref);
  if (!action) return std::move(action).error();
  return PastChange{std::move(run->start), *std::move(action), mark.at};
}

}  // namespace authzd
