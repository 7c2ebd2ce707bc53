// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/open_writes.hpp"

#include "daemon/cycle/account_memory.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/converge/late_verdict.hpp"
#include "reconciler/plan/canonical.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using Found = std::optional<Versioned>;

/// Reads one policy; gone is no error.
Async<Found> read_policy(ReadingContext context, PolicyId id) {
  auto read = co_await context.reader.get(std::move(id));
  if (read) co_return Found{std::move(*read)};
  if (read.error().code == ErrorCode::not_found) co_return Found{};
  co_return std::move(read).error();
}

/// A create has no id to read by: its key is searched in the list.
Found find_key(const AccountId& account, const Key& key, std::span<const Observed> listed) {
  const auto has_key = [&](const Observed& policy) {
    return key_of(account, policy.content) == key;
  };
  const auto found = std::ranges::find_if(listed, has_key);
  if (found == listed.end()) return std::nullopt;
  return Versioned{*found, Etag{}};
}

/// A list can show that an update was done. Nothing else: it may lag behind what it was planned
/// with.
std::optional<Versioned> find_done(const Action& action, std::span<const Observed> listed) {
  const auto found = std::ranges::find(listed, action.id, &Observed::id);
  if (found == listed.end() || found->content != action.after) return std::nullopt;
  return Versioned{*found, Etag{}};
}

Async<Found> look(ReadingContext context,
                  const RecordedAction& recorded,      // coroutine-ref: the awaiter's
                  std::span<const Observed> listed) {  // outlives the call
  const bool makes_anew = recorded.writes.back().kind == Command::Kind::create;
  if (makes_anew) co_return find_key(context.spec.id, recorded.action.key, listed);
  auto read = co_await read_policy(context, recorded.action.id);
  if (read || concerns_all(read.error())) co_return read;
  if (auto done = find_done(recorded.action, listed)) co_return Found{std::move(*done)};
  co_return read;
}

/// Whether IAM has answered a DELETE of the action with success.
bool said_done(const RecordedAction& recorded) {
  return std::ranges::any_of(recorded.writes, &SentWrite::was_answered);
}

/// It is gone nevertheless: no longer ours, and no delete of it is pending.
Result<void> report_gap(const ReadingContext& context,
                        const PolicyId& id,
                        const Outcome& outcome,
                        OpenWrites& ends) {
  ends.gaps.push_back(*outcome.error);
  return context.state.policies.seen_gone(id, context.time.now().now);
}

/// It may have been done, and no read can tell any more: the log says so once.
void tell_doubt(const RecordedAction& recorded, const Outcome& outcome, OpenWrites& ends) {
  const bool is_doubtful = outcome.wrote && outcome.error && !is_gap(outcome) &&
                           !may_be_taken_back(outcome) && outcome.kind != OutcomeKind::restored;
  if (!is_doubtful) return;
  Error doubt = *outcome.error;
  doubt.message = "the " + std::string(to_string(recorded.action.verb)) + " of " +
                  printable(recorded.action.name) + " by run " + printable(recorded.ref.run) +
                  ": " + doubt.message;
  ends.doubts.push_back(std::move(doubt));
}

/// What may have been done must not be done again under the same approval.
Result<void> end_taken_back(const ReadingContext& context,
                            const Action& action,
                            const Outcome& outcome,
                            OpenWrites& ends) {
  if (!may_be_taken_back(outcome)) return {};
  ends.doubts.push_back(*outcome.error);
  auto spent = context.state.approvals.mark_done(approvals_on(context.spec.id, action),
                                                 context.time.now().now);
  return spent ? context.state.policies.seen_there(action.id) : spent;
}

Async<void> settle_writes(ReadingContext context,
                          std::span<const Observed> listed,  // outlives the call
                          IamId identity,
                          OpenWrites& ends) {  // coroutine-ref: the awaiter's
  const std::set<IamId> identities = identities_of(context.spec, identity);
  const auto unknown = context.state.runs.unknown_outcomes();
  if (!unknown) co_return unknown.error();
  for (const RecordedAction& recorded : *unknown) {
    if (recorded.writes.empty()) continue;
    const SentWrite& last = recorded.writes.back();
    const OpenWrite open{recorded.action, recorded.ref.run, last.at};
    auto found = co_await look(context, recorded, listed);
    if (!found) {
      if (concerns_all(found.error())) co_return std::move(found).error();
      ends.open.push_back(open);
      continue;
    }
    const TrustedTime time = context.time.now();
    const bool is_young = time.is_within(last.at, context.spec.settle);
    const LateSight sight{last.kind, std::move(*found), is_young, said_done(recorded), identities};
    const auto outcome = judge_late(recorded.action, recorded.ref.number, sight);
    if (!outcome) {
      ends.open.push_back(open);
      continue;
    }
    if (!context.may_settle) continue;
    auto kept = context.state.runs.record(recorded.ref, recorded.action, *outcome, time.now);
    if (kept && is_gap(*outcome)) kept = report_gap(context, recorded.action.id, *outcome, ends);
    if (kept) kept = end_taken_back(context, recorded.action, *outcome, ends);
    if (!kept) co_return std::move(kept).error();
    tell_doubt(recorded, *outcome, ends);
    ++ends.settled;
  }
  co_return Result<void>{};
}

/// Policies that one of our identities has made since then, and that the state does not know.
Result<std::map<Key, const Observed*>> unknown_of_ours(const ReadingContext& context,
                                                       std::span<const Observed> listed,
                                                       const std::set<IamId>& identities,
                                                       Timestamp since) {
  std::map<Key, const Observed*> found;
  const auto known = context.state.policies.known();
  if (!known) return known.error();
  for (const Observed& policy : listed) {
    if (!identities.contains(policy.created_by) || (*known)->contains(policy.id)) continue;
    const auto made = parse_rfc3339(policy.created_at);
    if (made && *made < since) continue;
    found.emplace(key_of(context.spec.id, policy.content), &policy);
  }
  return found;
}

/// What a person reads in the log.
Error made_all_the_same(const RecordedAction& recorded, const PolicyId& id) {
  return {ErrorCode::conflict,
          "the create of " + printable(recorded.action.name) + " by run " +
              printable(recorded.ref.run) +
              " was refused, and IAM has made the policy all the same (" + printable(id.value) +
              "): it counts as done. A proxy between authzd and IAM must not repeat requests"};
}

/// IAM's refusal of an update or a delete is checked by a read; that of a create by the next list.
Result<void> find_made(const ReadingContext& context,
                       std::span<const Observed> listed,
                       const std::set<IamId>& identities,
                       OpenWrites& ends) {
  if (!context.may_settle) return {};
  const Timestamp now = context.time.now().now;
  const Timestamp since = now - context.spec.rail_window;
  const auto refused = context.state.runs.unwritten_creates(since);
  if (!refused) return refused.error();
  if (refused->empty()) return {};
  auto unknown = unknown_of_ours(context, listed, identities, since - kClockTolerance);
  if (!unknown) return std::move(unknown).error();
  for (const RecordedAction& recorded : *refused) {
    const auto found = unknown->find(recorded.action.key);
    if (found == unknown->end() || recorded.writes.empty()) continue;
    const Observed& policy = *found->second;
    // Without our marker it is somebody's, who uses one of our identities.
    if (policy.content != recorded.action.after) continue;
    const auto made = parse_rfc3339(policy.created_at);
    if (made && *made < recorded.writes.front().at - kClockTolerance) continue;
    Outcome outcome{
        recorded.ref.number, OutcomeKind::done, true, {}, Versioned{policy, Etag{}}, {}};
    if (recorded.outcome) outcome.transaction_id = recorded.outcome->transaction_id;
    auto kept = context.state.runs.record(recorded.ref, recorded.action, outcome, now);
    if (!kept) return kept;
    ends.doubts.push_back(made_all_the_same(recorded, policy.id));
    ends.made.insert(recorded.action.key);
    unknown->erase(found);
    ++ends.settled;
  }
  return {};
}

/// The delete as its run recorded it; none if that run is no longer stored.
std::optional<RecordedAction> find_recorded(const AccountState& state,
                                            const PendingDelete& pending) {
  auto run = state.runs.find(pending.run);
  if (!run) return std::nullopt;
  for (RecordedAction& recorded : run->actions) {
    const Action& action = recorded.action;
    if (action.verb == Verb::remove && action.id == pending.id) return std::move(recorded);
  }
  return std::nullopt;
}

std::optional<Outcome> late_end(const ReadingContext& context,
                                const PendingDelete& pending,
                                const std::optional<RecordedAction>& recorded,
                                Found found) {
  const bool is_young = context.time.now().is_within(pending.since, context.spec.settle);
  const bool is_answered = recorded && said_done(*recorded);
  const LateSight sight{Command::Kind::remove, std::move(found), is_young, is_answered};
  return judge_late(pending.action, recorded ? recorded->ref.number : 0, sight);
}

/// The outcome that a read showed replaces "unconfirmed", so that the record is true and the rails
/// do not count a delete that did not happen.
Result<void> keep_end(const ReadingContext& context,
                      const PendingDelete& pending,
                      const std::optional<RecordedAction>& recorded,
                      const Outcome& outcome,
                      OpenWrites& ends) {
  const Timestamp now = context.time.now().now;
  if (recorded) {
    auto kept = context.state.runs.record(recorded->ref, pending.action, outcome, now);
    if (!kept) return kept;
  }
  if (is_gap(outcome)) return report_gap(context, pending.id, outcome, ends);
  if (may_be_taken_back(outcome)) return end_taken_back(context, pending.action, outcome, ends);
  if (recorded) return {};
  return outcome.kind == OutcomeKind::done ? context.state.policies.seen_gone(pending.id, now)
                                           : context.state.policies.seen_there(pending.id);
}

Async<void> settle_deletes(ReadingContext context,
                           OpenWrites& ends) {  // coroutine-ref: the awaiter's
  const auto pending = context.state.policies.pending_deletes();
  if (!pending) co_return pending.error();
  for (const PendingDelete& one : *pending) {
    if (is_open(ends, one.id)) continue;
    auto found = co_await read_policy(context, one.id);
    if (!found && concerns_all(found.error())) co_return std::move(found).error();
    const auto recorded = find_recorded(context.state, one);
    const auto outcome = found ? late_end(context, one, recorded, std::move(*found)) : std::nullopt;
    if (!outcome) {
      ends.open.push_back({one.action, one.run, one.since});
      continue;
    }
    if (!context.may_settle) continue;
    auto kept = keep_end(context, one, recorded, *outcome, ends);
    if (!kept) co_return std::move(kept).error();
    ++ends.settled;
  }
  co_return Result<void>{};
}

Note note_on(const OpenWrite& write) {
  const Action& action = write.action;
  Note note;
  note.kind = NoteKind::conflict;
  note.reason = NoteReason::outcome_unknown;
  note.message = "run " + printable(write.run) + " sent this " +
                 std::string(to_string(action.verb)) + " at " + to_rfc3339(write.since) +
                 ", and no read shows yet whether it was done; nothing is written to it until one "
                 "does, and every plan looks again";
  note.name = action.name;
  note.position = action.position;
  note.id = action.id;
  note.policy = action.before ? action.before : action.after;
  return note;
}

}  // namespace

bool is_open(const OpenWrites& ends, const PolicyId& id) {
  return std::ranges::any_of(ends.open,
                             [&id](const OpenWrite& write) { return write.action.id == id; });
}

Async<OpenWrites> settle_loose_ends(ReadingContext context,
                                    std::span<const Observed> listed,  // outlives the call
                                    IamId identity) {
  OpenWrites ends;
  if (auto done = co_await settle_writes(context, listed, identity, ends); !done) {
    co_return std::move(done).error();
  }
  if (auto done = co_await settle_deletes(context, ends); !done) co_return std::move(done).error();
  const std::set<IamId> identities = identities_of(context.spec, identity);
  if (auto done = find_made(context, listed, identities, ends); !done) {
    co_return std::move(done).error();
  }
  co_return ends;
}

Plan without_loose_ends(Plan plan, std::span<const OpenWrite> open) {
  if (open.empty()) return plan;
  std::set<Key> keys;
  std::set<PolicyId> ids;
  for (const OpenWrite& write : open) {
    keys.insert(write.action.key);
    if (!write.action.id.empty()) ids.insert(write.action.id);
    plan.notes.push_back(note_on(write));
  }
  std::erase_if(plan.actions, [&](const Action& action) {
    return keys.contains(action.key) || ids.contains(action.id);
  });
  sort_notes(plan);
  plan.hash = hash_plan(plan);
  return plan;
}

}  // namespace authzd
