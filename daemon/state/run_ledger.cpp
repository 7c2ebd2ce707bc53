// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/run_ledger.hpp"

#include "daemon/state/approval_store.hpp"
#include "daemon/state/policy_memory.hpp"
#include "daemon/state/rail_memory.hpp"
#include "daemon/state/revision_store.hpp"
#include "daemon/state/run_rows.hpp"
#include "daemon/state/state_codec.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/rails/rails.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<const char*, 4> kCounts{
    "delete", "update", "create", "restore"};  // by CountKind
constexpr const char* kUncounted = "";

const char* counts_as(const Action& action) {
  const auto kind = count_kind(action);
  return kind ? kCounts.at(static_cast<std::size_t>(*kind)) : kUncounted;
}

Error no_such_run(std::string_view id) {
  return {ErrorCode::not_found,
          "there is no run " + printable(id) + "; `authzd runs` lists those that are kept"};
}

/// Reads can still tell, and do (unknown_outcomes): until then the action has no end. An
/// unconfirmed delete has one, and is found among the pending deletes.
std::optional<Timestamp> end_of(const Outcome& outcome, Timestamp now) {
  if (outcome.kind == OutcomeKind::unknown) return std::nullopt;
  return now;
}

/// Told, and done or perhaps done: what let it through once must not do so again.
bool uses_up(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::done || (outcome.wrote && !is_unknown(outcome));
}

}  // namespace

RunLedger::RunLedger(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)), account_(std::move(account)) {}

Result<void> RunLedger::begin(const RunStart& start) {
  const auto row = row_of(start.id);
  if (row) return Error{ErrorCode::conflict, "there is a run " + start.id + " already"};
  if (row.error().code != ErrorCode::not_found) return row.error();
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO runs (account, id, kind, who, revision, began, undoes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        {account_.value,
         start.id,
         to_string(start.kind),
         start.who,
         start.revision,
         start.began,
         start.undoes});
  });
}

Result<std::size_t> RunLedger::next_action(const std::string& run) const {
  const auto row = row_of(run);
  if (!row) return row.error();
  const auto begun = database_->first<std::size_t>(
      "SELECT coalesce(max(number) + 1, 0) FROM actions WHERE run = ?",
      {*row},
      [](const SqlRow& found) { return found.count(0); });
  if (!begun) return begun.error();
  return begun->value_or(0);
}

Result<void> RunLedger::add_actions(const std::string& run,
                                    std::size_t first,
                                    std::span<const Action> actions) {
  const auto row = row_of(run);
  if (!row) return row.error();
  return database_->atomically([&]() -> Result<void> {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      if (is_held(actions[i])) continue;
      const std::string text = action_to_text(actions[i]);
      auto done = database_->run(
          "INSERT INTO actions (run, number, account, action, counts_as) VALUES (?, ?, ?, ?, ?)",
          {*row, first + i, account_.value, text, counts_as(actions[i])});
      if (!done) return done;
    }
    return {};
  });
}

Result<std::size_t> RunLedger::add_actions(const std::string& run,
                                           std::span<const Action> actions) {
  auto first = next_action(run);
  if (!first) return first;
  if (auto added = add_actions(run, *first, actions); !added) return std::move(added).error();
  return first;
}

Result<void> RunLedger::will_write(const ActionRef& ref, const Command& command, Timestamp now) {
  const auto row = row_of(ref.run);
  if (!row) return row.error();
  return database_->atomically([&]() -> Result<void> {
    auto noted = database_->run(
        "INSERT INTO writes (run, number, nth, kind, sent) SELECT ?1, ?2, count(*), ?3, ?4"
        " FROM writes WHERE run = ?1 AND number = ?2",
        {*row, ref.number, to_string(command.kind), now});
    if (!noted) return noted;
    auto sent =
        database_->run("UPDATE actions SET sent = coalesce(sent, ?) WHERE run = ? AND number = ?",
                       {now, *row, ref.number});
    if (!sent) return sent;
    if (command.kind != Command::Kind::remove) return {};
    const auto action = read_action_row(*database_, account_, *row, ref.number);
    if (!action) return action.error();
    return PolicyMemory(database_, account_).begin_delete(*action, ref.run, now);
  });
}

Result<void> RunLedger::delete_answered(const ActionRef& ref) {
  const auto row = row_of(ref.run);
  if (!row) return row.error();
  return database_->atomically([&] {
    return database_->run(
        "UPDATE writes SET answered = 1 WHERE run = ?1 AND number = ?2 AND nth ="
        " (SELECT max(nth) FROM writes WHERE run = ?1 AND number = ?2)",
        {*row, ref.number});
  });
}

Result<void> RunLedger::record(const ActionRef& ref,
                               const Action& action,
                               const Outcome& outcome,
                               Timestamp now) {
  const auto row = row_of(ref.run);
  if (!row) return row.error();
  const std::string detail = outcome_to_text(outcome);
  const auto ended = end_of(outcome, now);
  return database_->atomically([&]() -> Result<void> {
    auto counted = recount(*database_, *row, ref.number, outcome.kind);
    if (!counted) return counted;
    auto kept = database_->run(
        "UPDATE actions SET ended = ?, outcome = ?, wrote = ?, detail = ?, transaction_id = ?"
        " WHERE run = ? AND number = ?",
        {ended,
         to_string(outcome.kind),
         outcome.wrote,
         detail,
         outcome.transaction_id,
         *row,
         ref.number});
    if (!kept) return kept;
    auto learnt = PolicyMemory(database_, account_).learn(action, outcome, now);
    if (!learnt || !uses_up(outcome)) return learnt;
    if (action.removal) {
      auto restarted = RailMemory(database_, account_).end_removal(hash_removal(action));
      if (!restarted) return restarted;
    }
    return ApprovalStore(database_, account_).mark_done(approvals_on(account_, action), now);
  });
}

Result<void> RunLedger::end(const std::string& run, const RunEnd& end) {
  const auto row = row_of(run);
  if (!row) return row.error();
  const RunCounts& counts = end.counts;
  return database_->atomically([&] {
    return database_->run(
        "UPDATE runs SET ended = ?, plan_hash = ?, error = ?, created = ?, updated = ?,"
        " deleted = ?, failed = ?, held = ?, conflicts = ? WHERE n = ?",
        {end.ended,
         end.plan_hash,
         end.error,
         counts.created,
         counts.updated,
         counts.deleted,
         counts.failed,
         counts.held,
         counts.conflicts,
         *row});
  });
}

Result<std::vector<std::string>> RunLedger::end_interrupted(Timestamp now) {
  auto open = database_->all<std::string>(
      "SELECT id FROM runs WHERE account = ? AND ended IS NULL ORDER BY n",
      {account_.value},
      [](const SqlRow& row) { return row.text(0); });
  if (!open || open->empty()) return open;
  auto ended = database_->atomically([&]() -> Result<void> {
    auto counted = count_interrupted(*database_, account_);
    if (!counted) return counted;
    return database_->run(
        "UPDATE runs SET ended = ?, error = 'interrupted: the process ended before the run did'"
        " WHERE account = ? AND ended IS NULL",
        {now, account_.value});
  });
  if (!ended) return std::move(ended).error();
  return open;
}

Result<std::vector<RecordedAction>> RunLedger::unknown_outcomes() const {
  return read_unknown_outcomes(*database_, account_);
}

Result<std::vector<RecordedAction>> RunLedger::unwritten_creates(Timestamp since) const {
  return read_unwritten_creates(*database_, account_, since);
}

Result<std::vector<RunSummary>> RunLedger::last(std::size_t count) const {
  return read_last_runs(*database_, account_, count);
}

Result<RunDetail> RunLedger::find(std::string_view id) const {
  auto runs = read_runs_like(*database_, account_, id);
  if (!runs) return std::move(runs).error();
  if (runs->empty()) return no_such_run(id);
  const bool is_one = runs->size() == 1 || runs->front().start.id == id;
  if (!is_one) {
    return Error{ErrorCode::conflict,
                 "several runs begin with " + printable(id) + "; give more of the id"};
  }
  auto actions = read_actions(*database_, account_, runs->front().start.id);
  if (!actions) return std::move(actions).error();
  return RunDetail{std::move(runs->front()), std::move(*actions)};
}

Result<RailHistory> RunLedger::window(Timestamp since) const {
  RailHistory history;
  auto counted = database_->each(
      "SELECT counts_as, count(*) FROM actions"
      " WHERE account = ? AND sent >= ? AND (ended IS NULL OR wrote = 1) GROUP BY counts_as",
      {account_.value, since},
      [&](const SqlRow& row) {
        const std::string word = row.text(0);
        if (word == kCounts[0]) history.deletes = row.count(1);
        if (word == kCounts[1]) history.updates = row.count(1);
        if (word == kCounts[2]) history.creates = row.count(1);
        if (word == kCounts[3]) history.restores = row.count(1);
      });
  if (!counted) return std::move(counted).error();
  // The last count before the window or, for a younger state, the first one in it.
  const auto ours = database_->first<std::size_t>(
      "SELECT ours FROM ours_counts WHERE account = ?1"
      " ORDER BY at > ?2, CASE WHEN at > ?2 THEN at ELSE -at END",
      {account_.value, since},
      [](const SqlRow& row) { return row.count(0); });
  if (!ours) return ours.error();
  history.ours_at_start = *ours;
  return history;
}

Result<std::vector<std::chrono::milliseconds>> RunLedger::deletion_times(Timestamp since) const {
  return database_->all<std::chrono::milliseconds>(
      "SELECT ended - sent FROM actions WHERE account = ? AND ended > ? AND outcome = ?"
      " AND EXISTS (SELECT 1 FROM writes WHERE writes.run = actions.run"
      " AND writes.number = actions.number AND kind = ?)",
      {account_.value, since, to_string(OutcomeKind::done), to_string(Command::Kind::remove)},
      [](const SqlRow& row) { return std::chrono::milliseconds(row.number(0)); });
}

Result<std::vector<RunDeletes>> RunLedger::deletes_since(Timestamp since) const {
  return database_->all<RunDeletes>(
      "SELECT r.id, count(*), min(a.sent) FROM actions a JOIN runs r ON r.n = a.run"
      " WHERE a.account = ?1 AND a.sent > ?2 AND a.outcome = ?3 AND a.wrote = 1"
      " AND EXISTS (SELECT 1 FROM writes w WHERE w.run = a.run AND w.number = a.number"
      " AND w.kind = ?4)"
      " AND NOT EXISTS (SELECT 1 FROM runs u WHERE u.account = ?1 AND u.undoes = r.id)"
      " GROUP BY r.n ORDER BY min(a.sent), r.n",
      {account_.value, since, to_string(OutcomeKind::done), to_string(Command::Kind::remove)},
      [](const SqlRow& row) {
        return RunDeletes{row.text(0), row.count(1), row.time(2)};
      });
}

Result<void> RunLedger::note_ours(std::size_t ours, Timestamp now) {
  const auto last = database_->first<std::size_t>(
      "SELECT ours FROM ours_counts WHERE account = ? ORDER BY at DESC LIMIT 1",
      {account_.value},
      [](const SqlRow& row) { return row.count(0); });
  if (!last) return last.error();
  if (*last == ours) return {};
  return database_->atomically([&] {
    return database_->run(
        "INSERT INTO ours_counts (account, at, ours) VALUES (?, ?, ?)"
        " ON CONFLICT (account, at) DO UPDATE SET ours = excluded.ours",
        {account_.value, now, ours});
  });
}

Result<std::int64_t> RunLedger::row_of(const std::string& run) const {
  const auto found =
      database_->first<std::int64_t>("SELECT n FROM runs WHERE account = ? AND id = ?",
                                     {account_.value, run},
                                     [](const SqlRow& row) { return row.number(0); });
  if (!found) return found.error();
  if (!*found) return no_such_run(run);
  return **found;
}

}  // namespace authzd
