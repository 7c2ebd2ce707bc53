// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/late_verdict.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/converge/judge.hpp"

#include <utility>

namespace authzd {
namespace {

//   write    | the read shows            | old                  | young
//   ---------+---------------------------+----------------------+----------------------
//   create   | the key, ours             | done                 | done
//            | the key, of someone else  | refused: perhaps     | open
//            | nothing                   | failed: perhaps      | open
//   replace  | as wanted                 | done                 | done
//            | as before                 | failed: not done     | open
//            | as before, touched since  | failed: reverted     | failed: reverted
//            | something else, deleted   | refused: perhaps     | open
//            | nothing                   | refused: perhaps     | open
//   remove   | deleted, unchanged        | done                 | done
//            | deleted, but changed      | failed: a gap        | failed: a gap
//            | nothing                   | done                 | open
//            | active                    | failed: not done     | open
//            | active, IAM said "done"   | failed: shown again  | open
//            | active, touched since     | failed: reverted     | failed: reverted
//   restore, | active                    | restored             | restored
//   of a     | nothing or deleted        | as for a remove      | open
//   remove   |                           |                      |
//   restore, | active, as wanted         | done                 | done
//   of a     | active, but different     | refused: perhaps     | open
//   create   | deleted                   | failed: not done     | open
//            | deleted, touched since    | failed: perhaps      | open
//            | nothing                   | failed: perhaps      | open
//
// "Perhaps": no read can tell any more, because others changed or deleted what the write would have
// left. It counts as done for everything that guards access (Outcome::wrote).
class LateJudge {
 public:
  LateJudge(const Action& action, std::size_t number, const LateSight& sight)
      : action_(action), number_(number), sight_(sight) {}

  [[nodiscard]] std::optional<Outcome> judge() const {
    switch (sight_.write) {
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
  [[nodiscard]] const Observed& policy() const { return sight_.found->policy; }
  [[nodiscard]] bool is_active() const {
    return sight_.found && policy().state == PolicyState::active;
  }
  [[nodiscard]] bool holds(const std::optional<PolicyContent>& content) const {
    return is_active() && policy().content == content;
  }
  /// Touched since the plan: an unchanged policy with a new time. Neither a write that was done nor
  /// one that was not leaves that, so someone else wrote last, and may have reverted ours.
  [[nodiscard]] bool was_touched() const {
    const std::string& before = action_.last_modified_at;
    return !before.empty() && policy().last_modified_at != before;
  }
  [[nodiscard]] Outcome taken_back() const {
    Outcome made = seen(OutcomeKind::failed);
    made.error = Error{
        ErrorCode::conflict,
        "policy " + printable(policy().id.value) + " is as it was, and was changed by " +
            printable(policy().last_modified_by.value) + " at " +
            printable(policy().last_modified_at) +
            ", after it was planned: the write may have been done and taken back, so it counts as "
            "done, and what approved it is used up"};
    return made;
  }
  /// Replies may lag for longer than expected, for example from a cache: the access may be gone.
  [[nodiscard]] Outcome shown_again() const {
    Outcome made = seen(OutcomeKind::failed);
    made.error =
        Error{ErrorCode::conflict,
              "IAM said that it had deleted policy " + printable(policy().id.value) +
                  ", and still shows it: the delete counts as done, and what approved it is used "
                  "up; a cache between authzd and IAM must not keep replies"};
    return made;
  }
  [[nodiscard]] bool may_be_unseen() const { return !sight_.found && sight_.is_young; }

  /// A young one stays open: a replica that lags may still come to show what the write left.
  [[nodiscard]] std::optional<Outcome> perhaps(OutcomeKind kind, const std::string& message) const {
    if (sight_.is_young) return std::nullopt;
    Outcome made = outcome(kind);
    made.wrote = true;
    if (is_active()) made.stored = sight_.found;
    made.error = Error{ErrorCode::conflict,
                       message +
                           ": whether the write was done before that can no longer be told, so it "
                           "counts as done, and what approved it is used up"};
    return made;
  }

  [[nodiscard]] Outcome outcome(OutcomeKind kind) const {
    Outcome made;
    made.action = number_;
    made.kind = kind;
    return made;
  }

  [[nodiscard]] Outcome seen(OutcomeKind kind) const {
    Outcome made = outcome(kind);
    made.wrote = true;
    made.stored = sight_.found;
    return made;
  }

  [[nodiscard]] std::optional<Outcome> unless_young(std::string message) const {
    if (sight_.is_young) return std::nullopt;
    Outcome made = outcome(OutcomeKind::failed);
    made.error = Error{ErrorCode::conflict, std::move(message)};
    return made;
  }

  [[nodiscard]] std::optional<Outcome> created() const {
    if (!is_active())
      return perhaps(OutcomeKind::failed, "IAM has no such policy, or none any more");
    if (sight_.identities.contains(policy().created_by)) return seen(OutcomeKind::done);
    return perhaps(OutcomeKind::refused,
                   "policy " + printable(policy().id.value) +
                       " has the same source and target, and was made by " +
                       printable(policy().created_by.value));
  }

  [[nodiscard]] std::optional<Outcome> replaced() const {
    if (holds(action_.after)) return seen(OutcomeKind::done);
    if (holds(action_.before)) {
      return was_touched() ? taken_back() : unless_young("the update was not done");
    }
    return perhaps(OutcomeKind::refused, "the policy was changed or deleted since");
  }

  [[nodiscard]] std::optional<Outcome> removed() const {
    if (is_active()) {
      if (was_touched()) return taken_back();
      if (sight_.was_answered && !sight_.is_young) return shown_again();
      return unless_young("the delete was not done: the policy is there");
    }
    if (may_be_unseen()) return std::nullopt;
    return deleted();
  }

  [[nodiscard]] std::optional<Outcome> restored() const {
    if (action_.verb == Verb::create) return brought_back();
    if (is_active()) return seen(OutcomeKind::restored);
    if (sight_.is_young) return std::nullopt;
    return deleted();
  }

  [[nodiscard]] std::optional<Outcome> brought_back() const {
    if (holds(action_.after)) return seen(OutcomeKind::done);
    if (is_active()) return perhaps(OutcomeKind::refused, "the policy was changed since");
    if (sight_.found && !was_touched()) {
      return unless_young("the restore was not done: the policy is still deleted");
    }
    return perhaps(OutcomeKind::failed, "the policy is deleted, or was deleted again");
  }

  /// IAM still shows the policy as it was when deleted. If it differs from the plan, a change came
  /// before the DELETE, and was lost. Only the process that sent the DELETE could restore it; here
  /// we can only report it.
  [[nodiscard]] Outcome deleted() const {
    Outcome made = outcome(OutcomeKind::done);
    made.wrote = true;
    if (!sight_.found || policy().content == action_.before) return made;
    made.kind = OutcomeKind::failed;
    made.stored = sight_.found;
    made.error = Error{ErrorCode::conflict,
                       "policy " + printable(policy().id.value) +
                           " was changed between our read and our delete, and stays deleted; " +
                           converge_detail::last_touch_of_deleted(policy())};
    return made;
  }

  const Action& action_;
  std::size_t number_;
  const LateSight& sight_;
};

}  // namespace

std::optional<Outcome> judge_late(const Action& action,
                                  std::size_t number,
                                  const LateSight& sight) {
  return LateJudge(action, number, sight).judge();
}

bool may_be_taken_back(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::failed && outcome.wrote && outcome.stored &&
         outcome.stored->policy.state == PolicyState::active;
}

bool is_gap(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::failed && outcome.wrote && outcome.stored &&
         outcome.stored->policy.state == PolicyState::deleted;
}

}  // namespace authzd
