// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/run_counts.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace authzd {
namespace {

/// The stored facts about an action of an ended run.
struct Counted {
  std::string verb;
  std::string outcome;  // empty: none yet
};

/// The column of `runs` in which an action counts; empty: none.
std::string column_of(std::string_view verb, std::string_view outcome) {
  if (outcome.empty()) return {};
  if (outcome != to_string(OutcomeKind::done)) return "failed";
  if (verb == to_string(Verb::create)) return "created";
  return verb == to_string(Verb::update) ? "updated" : "deleted";
}

Result<void> add(Database& database,
                 std::int64_t run,
                 const std::string& column,
                 std::string_view difference) {
  if (column.empty()) return {};
  const std::string query = "UPDATE runs SET " + column + " = max(" + column + " " +
                            std::string(difference) + ", 0) WHERE n = ?";
  return database.run(query.c_str(), {run});
}

}  // namespace

Result<void> recount(Database& database, std::int64_t run, std::size_t number, OutcomeKind kind) {
  const auto counted = database.first<Counted>(
      "SELECT json_extract(a.action, '$.verb'), coalesce(a.outcome, '')"
      " FROM actions a JOIN runs r ON r.n = a.run"
      " WHERE a.run = ? AND a.number = ? AND r.ended IS NOT NULL",
      {run, number},
      [](const SqlRow& row) {
        return Counted{row.text(0), row.text(1)};
      });
  if (!counted) return counted.error();
  if (!*counted) return {};
  const std::string before = column_of((*counted)->verb, (*counted)->outcome);
  const std::string after = column_of((*counted)->verb, to_string(kind));
  if (before == after) return {};
  if (auto taken = add(database, run, before, "- 1"); !taken) return taken;
  return add(database, run, after, "+ 1");
}

Result<void> count_interrupted(Database& database, const AccountId& account) {
  return database.run(
      "WITH ended AS (SELECT run, outcome = 'Done' AS done, json_extract(action, '$.verb') AS verb"
      " FROM actions WHERE account = ?1 AND outcome IS NOT NULL)"
      " UPDATE runs SET"
      " created = (SELECT count(*) FROM ended WHERE run = n AND done AND verb = 'create'),"
      " updated = (SELECT count(*) FROM ended WHERE run = n AND done AND verb = 'update'),"
      " deleted = (SELECT count(*) FROM ended WHERE run = n AND done AND verb = 'delete'),"
      " failed = (SELECT count(*) FROM ended WHERE run = n AND NOT done)"
      " WHERE account = ?1 AND ended IS NULL",
      {account.value});
}

}  // namespace authzd
