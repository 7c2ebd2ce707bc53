// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/run_rows.hpp"

#include "daemon/state/state_codec.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<const char*, 4> kRunKinds{"cycle", "apply", "undo", "release"};

RunKind read_run_kind(const std::string& word) {
  for (std::size_t i = 0; i < kRunKinds.size(); ++i) {
    if (word == kRunKinds.at(i)) return static_cast<RunKind>(i);
  }
  return RunKind::cycle;
}

constexpr const char* kRunColumns =
    "SELECT id, kind, who, revision, began, ended, plan_hash, error, created, updated, deleted,"
    " failed, held, conflicts, undoes,"
    " (SELECT count(*) FROM actions a WHERE a.run = runs.n AND a.sent IS NOT NULL"
    " AND a.ended IS NULL) FROM runs ";

RunSummary read_run(const SqlRow& row) {
  RunSummary run;
  run.start = {
      row.text(0), read_run_kind(row.text(1)), row.text(2), row.text(3), row.time(4), row.text(14)};
  if (row.is_null(5)) return run;
  run.end = {row.time(5),
             row.text(6),
             row.text(7),
             {row.count(8),
              row.count(9),
              row.count(10),
              row.count(11),
              row.count(12),
              row.count(13),
              row.count(15)}};
  return run;
}

constexpr const char* kActionColumns =
    "SELECT r.id, a.number, a.action, a.detail, a.ended, a.run"
    " FROM actions a JOIN runs r ON r.n = a.run ";

struct ActionRow {
  ActionRef ref;
  std::string action;
  std::string detail;  // empty: no outcome yet
  std::optional<Timestamp> ended;
  std::int64_t run;
};

ActionRow read_action(const SqlRow& row) {
  std::optional<Timestamp> ended;
  if (!row.is_null(4)) ended = row.time(4);
  return {{row.text(0), row.count(1)}, row.text(2), row.text(3), ended, row.number(5)};
}

Result<std::vector<SentWrite>> read_writes(Database& database, const ActionRow& row) {
  using Write = std::pair<std::string, SentWrite>;
  const auto rows = database.all<Write>(
      "SELECT kind, sent, answered FROM writes WHERE run = ? AND number = ? ORDER BY nth",
      {row.run, row.ref.number},
      [](const SqlRow& write) {
        return Write{write.text(0), SentWrite{{}, write.time(1), write.count(2) == 1}};
      });
  if (!rows) return rows.error();
  std::vector<SentWrite> writes;
  for (auto [word, write] : *rows) {
    const auto kind = command_kind_from(word);
    if (!kind) return kind.error();
    write.kind = *kind;
    writes.push_back(write);
  }
  return writes;
}

Result<RecordedAction> decode(Database& database, const AccountId& account, const ActionRow& row) {
  auto action = action_from_text(row.action, account);
  if (!action) return std::move(action).error();
  auto writes = read_writes(database, row);
  if (!writes) return std::move(writes).error();
  RecordedAction recorded{row.ref, std::move(*action), std::move(*writes), {}, {}};
  if (row.detail.empty()) return recorded;
  auto outcome = outcome_from_text(row.detail);
  if (!outcome) return std::move(outcome).error();
  outcome->action = row.ref.number;
  recorded.outcome = std::move(*outcome);
  recorded.ended = row.ended;
  return recorded;
}

Result<std::vector<RecordedAction>> read_where(Database& database,
                                               const AccountId& account,
                                               const std::string& where,
                                               std::initializer_list<SqlValue> values) {
  const auto rows = database.all<ActionRow>((kActionColumns + where).c_str(), values, read_action);
  if (!rows) return rows.error();
  std::vector<RecordedAction> found;
  for (const ActionRow& row : *rows) {
    auto recorded = decode(database, account, row);
    if (!recorded) return std::move(recorded).error();
    found.push_back(std::move(*recorded));
  }
  return found;
}

}  // namespace

std::string_view to_string(RunKind kind) {
  return kRunKinds.at(static_cast<std::size_t>(kind));
}

std::vector<PastAction> past_of(const RunDetail& run) {
  std::vector<PastAction> past;
  for (const RecordedAction& recorded : run.actions) {
    if (!recorded.writes.empty()) past.push_back({recorded.action, recorded.outcome});
  }
  return past;
}

Result<Action> read_action_row(Database& database,
                               const AccountId& account,
                               std::int64_t run,
                               std::size_t number) {
  const auto text =
      database.first<std::string>("SELECT action FROM actions WHERE run = ? AND number = ?",
                                  {run, number},
                                  [](const SqlRow& row) { return row.text(0); });
  if (!text) return text.error();
  if (!*text) return Error{ErrorCode::internal, "a write of an action that is not in the state"};
  return action_from_text(**text, account);
}

Result<std::vector<RunSummary>> read_last_runs(Database& database,
                                               const AccountId& account,
                                               std::size_t count) {
  const std::string query = std::string(kRunColumns) + "WHERE account = ? ORDER BY n DESC LIMIT ?";
  return database.all<RunSummary>(query.c_str(), {account.value, count}, read_run);
}

Result<std::vector<RunSummary>> read_runs_like(Database& database,
                                               const AccountId& account,
                                               std::string_view id) {
  const std::string query = std::string(kRunColumns) +
                            "WHERE account = ?1 AND substr(id, 1, length(?2)) = ?2"
                            " ORDER BY length(id), n DESC LIMIT 2";
  return database.all<RunSummary>(query.c_str(), {account.value, id}, read_run);
}

Result<std::vector<RecordedAction>> read_actions(Database& database,
                                                 const AccountId& account,
                                                 const std::string& run) {
  return read_where(database,
                    account,
                    "WHERE r.account = ? AND r.id = ? ORDER BY a.number",
                    {account.value, run});
}

Result<RunSummary> read_run_of(Database& database,
                               const AccountId& account,
                               const std::string& id) {
  const std::string query = std::string(kRunColumns) + "WHERE account = ? AND id = ?";
  auto run = database.first<RunSummary>(query.c_str(), {account.value, id}, read_run);
  if (!run) return std::move(run).error();
  if (!*run) return Error{ErrorCode::not_found, "the run is not in the state any more"};
  return std::move(**run);
}

Result<RecordedAction> read_recorded_action(Database& database,
                                            const AccountId& account,
                                            const ActionRef& ref) {
  auto found = read_where(database,
                          account,
                          "WHERE r.account = ? AND r.id = ? AND a.number = ?",
                          {account.value, ref.run, ref.number});
  if (!found) return std::move(found).error();
  if (found->empty()) {
    return Error{ErrorCode::not_found, "the action is not in the state any more"};
  }
  return std::move(found->front());
}

Result<std::vector<RecordedAction>> read_unknown_outcomes(Database& database,
                                                          const AccountId& account) {
  return read_where(database,
                    account,
                    "WHERE a.account = ? AND a.sent IS NOT NULL AND a.ended IS NULL"
                    " ORDER BY a.run, a.number",
                    {account.value});
}

Result<std::vector<RecordedAction>> read_unwritten_creates(Database& database,
                                                           const AccountId& account,
                                                           Timestamp since) {
  return read_where(database,
                    account,
                    "WHERE a.account = ? AND a.sent >= ? AND a.ended IS NOT NULL AND a.wrote = 0"
                    " AND json_extract(a.action, '$.verb') = ? ORDER BY a.sent DESC LIMIT 256",
                    {account.value, since, to_string(Verb::create)});
}

namespace {

/// The stored facts about an action of an ended run.
struct Counted {
  std::string verb;
  std::string outcome;  // empty: none yet
};

/// The column of `runs` in which an action counts; empty: none.
std::string column_of(std::string_view verb, std::string_view outcome) {
  if (outcome.empty() || outcome == to_string(OutcomeKind::unknown)) return {};
  if (outcome != to_string(OutcomeKind::done)) return "failed";
  if (verb == to_string(Verb::create)) return "created";
  return verb == to_string(Verb::update) ? "updated" : "deleted";
}

Result<void> add(Database& database,
                 std::int64_t run,
                 const std::string& column,
                 std::string_view difference) {
  if (column.empty()) return {};
  const std::string sum = column + " " + std::string(difference);
  const std::string query = "UPDATE runs SET " + column + " = CASE WHEN " + sum + " > 0 THEN " +
                            sum + " ELSE 0 END WHERE n = ?";
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
      " FROM actions WHERE account = ?1 AND outcome <> 'Unknown')"
      " UPDATE runs SET"
      " created = (SELECT count(*) FROM ended WHERE run = n AND done AND verb = 'create'),"
      " updated = (SELECT count(*) FROM ended WHERE run = n AND done AND verb = 'update'),"
      " deleted = (SELECT count(*) FROM ended WHERE run = n AND done AND verb = 'delete'),"
      " failed = (SELECT count(*) FROM ended WHERE run = n AND NOT done)"
      " WHERE account = ?1 AND ended IS NULL",
      {account.value});
}

}  // namespace authzd
