// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/loose_ends.hpp"

#include "daemon/run/bookkeeping.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace authzd {
namespace {

// How the last write of an action that nobody heard of ended, by what a read shows. "Young": it was
// sent within the settle time, so that a replica may not show it yet.
//
//   write    | the read shows            | old                  | young
//   ---------+---------------------------+----------------------+----------------------
//   create   | the key, as wanted        | done                 | done
//            | the key, another policy   | refused              | refused
//            | nothing                   | failed: not done     | open
//   replace  | as wanted                 | done                 | done
//            | as it was before          | failed: not done     | open
//            | something else, or gone   | refused              | refused
//   remove   | gone, or deleted as it was| done                 | done
//            | deleted, but changed      | failed: a gap        | failed: a gap
//            | active                    | failed: not done     | open
//   restore, | active                    | restored             | restored
//   of a     | gone or deleted           | as for a remove      | open
//   remove   |                           |                      |
//   restore, | active, as wanted         | done                 | done
//   of a     | active, but different     | refused              | refused
//   create   | gone or deleted           | failed: not done     | open

using Found = std::optional<Versioned>;

Outcome outcome(const RecordedAction& recorded, OutcomeKind kind, bool wrote) {
  Outcome made;
  made.action = recorded.ref.number;
  made.kind = kind;
  made.wrote = wrote;
  return made;
}

Outcome not_done(const RecordedAction& recorded, OutcomeKind kind, std::string message) {
  Outcome made = outcome(recorded, kind, false);
  made.error = Error{ErrorCode::conflict, std::move(message)};
  return made;
}

/// A delete that is over. What IAM still shows of it is what was deleted: where that is not what
/// the plan saw, a change slipped in before the DELETE, and went with it. Only the process that
/// sent the DELETE could take that back; what is left to do is to say so.
Outcome deleted(const Action& action, std::size_t number, const Found& found) {
  Outcome made;
  made.action = number;
  made.kind = OutcomeKind::done;
  made.wrote = true;
  if (!found || found->policy.content == action.before) return made;
  const Observed& policy = found->policy;
  made.kind = OutcomeKind::failed;
  made.stored = found;
  made.error = Error{ErrorCode::conflict,
                     "policy " + printable(policy.id.value) +
                         " was changed between our read and our delete, and stays deleted; by " +
                         printable(policy.last_modified_by.value) + " at " +
                         printable(policy.last_modified_at)};
  return made;
}

bool is_gap(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::failed && outcome.wrote;
}

class Judge {
 public:
  Judge(const RecordedAction& recorded, Found found, bool is_young)
      : recorded_(recorded), found_(std::move(found)), is_young_(is_young) {}

  /// None: it stays open.
  [[nodiscard]] std::optional<Outcome> judge() const {
    switch (recorded_.writes.back().kind) {
      case Command::Kind::create: return created();
      case Command::Kind::replace: return replaced();
      case Command::Kind::remove: return removed();
      case Command::Kind::restore: return restored();
      case Command::Kind::read:
      case Command::Kind::find: break;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool is_active() const {
    return found_ && found_->policy.state == PolicyState::active;
  }
  [[nodiscard]] bool holds(const std::optional<PolicyContent>& content) const {
    return is_active() && found_->policy.content == content;
  }

  [[nodiscard]] Outcome seen(OutcomeKind kind) const {
    Outcome made = outcome(recorded_, kind, true);
    if (found_) made.stored = *found_;
    return made;
  }

  [[nodiscard]] std::optional<Outcome> unless_young(std::string message) const {
    if (is_young_) return std::nullopt;
    return not_done(recorded_, OutcomeKind::failed, std::move(message));
  }

  [[nodiscard]] std::optional<Outcome> created() const {
    if (holds(recorded_.action.after)) return seen(OutcomeKind::done);
    if (!is_active()) return unless_young("the create was not done: IAM has no such policy");
    return not_done(
        recorded_,
        OutcomeKind::refused,
        "policy " + printable(found_->policy.id.value) + " has the same source and target");
  }

  [[nodiscard]] std::optional<Outcome> replaced() const {
    if (holds(recorded_.action.after)) return seen(OutcomeKind::done);
    if (holds(recorded_.action.before)) return unless_young("the update was not done");
    return not_done(recorded_, OutcomeKind::refused, "the policy was changed or deleted since");
  }

  [[nodiscard]] std::optional<Outcome> removed() const {
    if (is_active()) return unless_young("the delete was not done: the policy is there");
    return deleted(recorded_.action, recorded_.ref.number, found_);
  }

  [[nodiscard]] std::optional<Outcome> restored() const {
    if (recorded_.action.verb == Verb::create) return brought_back();
    if (is_active()) return seen(OutcomeKind::restored);
    if (is_young_) return std::nullopt;
    return deleted(recorded_.action, recorded_.ref.number, found_);
  }

  [[nodiscard]] std::optional<Outcome> brought_back() const {
    if (holds(recorded_.action.after)) return seen(OutcomeKind::done);
    if (!is_active()) return unless_young("the restore was not done: the policy is still deleted");
    return not_done(recorded_, OutcomeKind::refused, "the policy was changed since");
  }

  const RecordedAction& recorded_;
  Found found_;
  bool is_young_;
};

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
    const bool is_young = now - recorded.writes.back().at < context.spec.settle;
    const auto outcome = Judge(recorded, std::move(*found), is_young).judge();
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

/// The end that a read showed takes the place of "unconfirmed", so that the record is true and the
/// rails do not count a delete that was not done.
Result<void> keep_end(const ReadingContext& context,
                      const PendingDelete& pending,
                      const Found& found,
                      LooseEnds& ends) {
  const Timestamp now = context.clock.now();
  const auto ref = find_ref(context.state, pending);
  Outcome outcome = deleted(pending.action, ref ? ref->number : 0, found);
  const bool is_there = found && found->policy.state == PolicyState::active;
  if (is_there) {
    outcome.kind = OutcomeKind::failed;
    outcome.wrote = false;
    outcome.stored.reset();
    outcome.error = Error{ErrorCode::conflict, "the delete was not done: the policy is there"};
  }
  if (ref) {
    auto kept = record_outcome(context.state, context.spec.id, *ref, pending.action, outcome, now);
    if (!kept) return kept;
  }
  if (is_gap(outcome)) return report_gap(context, pending.id, outcome, ends);
  if (ref) return {};
  return is_there ? context.state.policies.seen_there(pending.id)
                  : context.state.policies.seen_gone(pending.id, now);
}

Async<void> settle_deletes(ReadingContext context,
                           LooseEnds& ends) {  // coroutine-ref: the awaiter's
  const auto pending = context.state.policies.pending_deletes();
  if (!pending) co_return pending.error();
  for (const PendingDelete& one : *pending) {
    if (ends.ids.contains(one.id)) continue;
    auto found = co_await read_policy(context, one.id);
    if (!found && concerns_all(found.error())) co_return std::move(found).error();
    const Timestamp now = context.clock.now();
    const bool is_there = found && *found && (*found)->policy.state == PolicyState::active;
    if (!found || (is_there && now - one.since < context.spec.settle)) {
      keep_open(ends, one.action);
      continue;
    }
    auto kept = keep_end(context, one, *found, ends);
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
