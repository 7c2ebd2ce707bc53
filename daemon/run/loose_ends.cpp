// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/loose_ends.hpp"

#include "daemon/run/bookkeeping.hpp"
#include "reconciler/converge/late_verdict.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using Found = std::optional<Versioned>;

bool concerns_all(const Error& error) {
  return error.code == ErrorCode::unauthenticated || error.code == ErrorCode::cancelled;
}

/// Reads one policy; gone is no error.
Async<Found> read_policy(ReadingContext context, PolicyId id) {
  auto read = co_await context.reader.get(std::move(id));
  if (read) co_return Found{std::move(*read)};
  if (read.error().code == ErrorCode::not_found) co_return Found{};
  co_return std::move(read).error();
}

/// A create has no id to read by: its key is looked for in a list of its own.
Async<Found> find_key(ReadingContext context, Key key) {
  auto listing = co_await context.reader.list();
  if (!listing) co_return std::move(listing).error().context("looking for a lost create");
  const auto has_key = [&](const Observed& policy) {
    return key_of(context.spec.id, policy.content) == key;
  };
  const auto found = std::ranges::find_if(listing->policies, has_key);
  if (found == listing->policies.end()) co_return Found{};
  co_return Found{Versioned{std::move(*found), Etag{}}};
}

Async<Found> look(ReadingContext context,
                  const RecordedAction& recorded) {  // coroutine-ref: the awaiter's
  const bool makes_anew = recorded.writes.back().kind == Command::Kind::create;
  if (makes_anew) co_return co_await find_key(context, recorded.action.key);
  co_return co_await read_policy(context, recorded.action.id);
}

void keep_open(LooseEnds& ends, const Action& action) {
  ends.keys.insert(action.key);
  if (!action.id.empty()) ends.ids.insert(action.id);
}

/// It is gone all the same: ours no more, and nothing of it is pending.
Result<void> report_gap(const ReadingContext& context,
                        const PolicyId& id,
                        const Outcome& outcome,
                        LooseEnds& ends) {
  ends.gaps.push_back(*outcome.error);
  return context.state.policies.seen_gone(id, context.clock.now());
}

Async<void> settle_writes(ReadingContext context,
                          LooseEnds& ends) {  // coroutine-ref: the awaiter's
  const auto unknown = context.state.runs.unknown_outcomes();
  if (!unknown) co_return unknown.error();
  for (const RecordedAction& recorded : *unknown) {
    if (recorded.writes.empty()) continue;
    auto found = co_await look(context, recorded);
    if (!found) {
      if (concerns_all(found.error())) co_return std::move(found).error();
      keep_open(ends, recorded.action);
      continue;
    }
    const Timestamp now = context.clock.now();
    const SentWrite& last = recorded.writes.back();
    const bool is_young = now - last.at < context.spec.settle;
    const LateSight sight{last.kind, std::move(*found), is_young};
    const auto outcome = judge_late(recorded.action, recorded.ref.number, sight);
    if (!outcome) {
      keep_open(ends, recorded.action);
      continue;
    }
    auto kept = record_outcome(
        context.state, context.spec.id, recorded.ref, recorded.action, *outcome, now);
    if (kept && is_gap(*outcome)) kept = report_gap(context, recorded.action.id, *outcome, ends);
    if (!kept) co_return std::move(kept).error();
    ++ends.settled;
  }
  co_return Result<void>{};
}

/// The delete's place in its run; none where that run is no longer kept.
std::optional<ActionRef> find_ref(const AccountState& state, const PendingDelete& pending) {
  const auto run = state.runs.find(pending.run);
  if (!run) return std::nullopt;
  for (const RecordedAction& recorded : run->actions) {
    const Action& action = recorded.action;
    if (action.verb == Verb::remove && action.id == pending.id) return recorded.ref;
  }
  return std::nullopt;
}

std::optional<Outcome> late_end(const ReadingContext& context,
                                const PendingDelete& pending,
                                const std::optional<ActionRef>& ref,
                                Found found) {
  const bool is_young = context.clock.now() - pending.since < context.spec.settle;
  const LateSight sight{Command::Kind::remove, std::move(found), is_young};
  return judge_late(pending.action, ref ? ref->number : 0, sight);
}

/// The end that a read showed takes the place of "unconfirmed", so that the record is true and the
/// rails do not count a delete that was not done.
Result<void> keep_end(const ReadingContext& context,
                      const PendingDelete& pending,
                      const std::optional<ActionRef>& ref,
                      const Outcome& outcome,
                      LooseEnds& ends) {
  const Timestamp now = context.clock.now();
  if (ref) {
    auto kept = record_outcome(context.state, context.spec.id, *ref, pending.action, outcome, now);
    if (!kept) return kept;
  }
  if (is_gap(outcome)) return report_gap(context, pending.id, outcome, ends);
  if (ref) return {};
  return outcome.kind == OutcomeKind::done ? context.state.policies.seen_gone(pending.id, now)
                                           : context.state.policies.seen_there(pending.id);
}

Async<void> settle_deletes(ReadingContext context,
                           LooseEnds& ends) {  // coroutine-ref: the awaiter's
  const auto pending = context.state.policies.pending_deletes();
  if (!pending) co_return pending.error();
  for (const PendingDelete& one : *pending) {
    if (ends.ids.contains(one.id)) continue;
    auto found = co_await read_policy(context, one.id);
    if (!found && concerns_all(found.error())) co_return std::move(found).error();
    const auto ref = find_ref(context.state, one);
    const auto outcome = found ? late_end(context, one, ref, std::move(*found)) : std::nullopt;
    if (!outcome) {
      keep_open(ends, one.action);
      continue;
    }
    auto kept = keep_end(context, one, ref, *outcome, ends);
    if (!kept) co_return std::move(kept).error();
    ++ends.settled;
  }
  co_return Result<void>{};
}

}  // namespace

Async<LooseEnds> settle_loose_ends(ReadingContext context) {
  LooseEnds ends;
  if (auto done = co_await settle_writes(context, ends); !done) co_return std::move(done).error();
  if (auto done = co_await settle_deletes(context, ends); !done) co_return std::move(done).error();
  co_return ends;
}

Plan without_loose_ends(Plan plan, const LooseEnds& open) {
  if (open.keys.empty() && open.ids.empty()) return plan;
  for (const Action& action : plan.actions) {
    if (!open.is_about(action)) continue;
    Note note;
    note.reason = "OutcomeUnknown";
    note.message = "an earlier write of it has an unknown outcome; it waits until a read tells";
    note.name = action.name;
    note.position = action.position;
    note.id = action.id;
    note.policy = action.before;
    plan.notes.push_back(std::move(note));
  }
  std::erase_if(plan.actions, [&open](const Action& action) { return open.is_about(action); });
  return plan;
}

}  // namespace authzd
