// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/judge.hpp"
#include "reconciler/converge/steps.hpp"

#include <utility>

namespace authzd::converge_detail {
namespace {

// A list may lag behind a write; the second and last search waits for it.
constexpr std::chrono::milliseconds kSecondFind{2'000};
// So may a read of the policy that conflicts with a create.
constexpr std::chrono::milliseconds kSecondLook{2'000};

}  // namespace

Turn CreateSteps::begin() {
  if (!action_.after) {
    return end(OutcomeKind::failed, Error{ErrorCode::internal, "a create without content"});
  }
  return post();
}

Turn CreateSteps::next(const Reply& reply, bool is_stopping) {
  switch (state_) {
    case State::posting: return on_posted(reply);
    case State::reading_rival:
    case State::finding_rival: return on_rival(reply, is_stopping);
    case State::finding_own: return on_found(reply, is_stopping);
  }
  return end(OutcomeKind::failed, error_of(reply));
}

Turn CreateSteps::post() {
  state_ = State::posting;
  ++writes_;
  Command request = command(Command::Kind::create);
  request.content = *action_.after;
  return request;
}

Turn CreateSteps::find(State state) {
  state_ = state;
  Command request = command(Command::Kind::find);
  request.key = action_.key;
  if (writes_ > 1) request.delay = kSecondFind;
  return request;
}

/// Whatever the reply says, that policy was not made by this create, and may be someone else's.
bool CreateSteps::was_listed(const Reply& reply) const {
  return !reply.error && reply.found && listed_ != nullptr &&
         listed_->find_active(reply.found->policy.id) != nullptr;
}

Turn CreateSteps::on_posted(const Reply& reply) {
  if (was_listed(reply) && reply.was_there) {
    conflict_ = older_policy_error(reply.found->policy.id);
    return find(State::finding_rival);
  }
  if (was_listed(reply)) {
    Reply lost = reply;
    lost.found.reset();
    lost.error = older_policy_error(reply.found->policy.id);
    lost.error->detail.may_have_happened = true;
    note_write(lost, Command::Kind::create);
    return find(State::finding_own);
  }
  if (!reply.error && reply.found && reply.was_there && holds(reply.found->policy, action_)) {
    note(reply);
    return end_at(reply.found->policy);
  }
  if (note_write(reply, Command::Kind::create)) return find(State::finding_own);
  if (!reply.error) {
    if (holds(reply.found->policy, action_)) return end(OutcomeKind::done);
    return end(OutcomeKind::failed, not_stored_error(reply.found->policy));
  }
  if (reply.error->code == ErrorCode::conflict) {
    conflict_ = reply.error;
    const PolicyId rival{conflict_->detail.conflicts_with};
    if (rival.empty()) return find(State::finding_rival);
    state_ = State::reading_rival;
    ++looks_;
    return read(rival);
  }
  return unwritten(reply);
}

/// The policy that a 409 named: ours, from an earlier attempt, or someone else's.
Turn CreateSteps::on_rival(const Reply& reply, bool is_stopping) {
  const bool is_seen = !reply.error && reply.found.has_value();
  const bool may_lag = reply.error && reply.error->code == ErrorCode::not_found && looks_ == 1;
  if (may_lag && !is_stopping) {
    ++looks_;
    Command again = read(PolicyId{conflict_->detail.conflicts_with});
    again.delay = kSecondLook;
    return again;
  }
  if (!is_seen) return end(OutcomeKind::refused, conflict_);
  const Observed& rival = reply.found->policy;
  if (state_ == State::reading_rival && rival.id.value != conflict_->detail.conflicts_with) {
    return end(OutcomeKind::refused, conflict_);
  }
  note(reply);
  return end_at(rival);
}

/// It came after the plan's list, and so perhaps of this very create: a proxy may have sent that
/// twice, and then the conflict is the answer to the second time.
bool CreateSteps::may_be_made_now(const Observed& policy) const {
  if (listed_ == nullptr || listed_->find_active(policy.id) != nullptr) return false;
  const auto made = parse_rfc3339(policy.created_at);
  return !made || *made >= listed_at_ - kClockTolerance;
}

/// Another policy has the key: ours if it has what we wanted and one of our identities made it.
/// Anyone can write a policy with the same content, our marker included.
Turn CreateSteps::end_at(const Observed& rival) {
  const bool is_equal = holds(rival, action_);
  const bool is_ours = identities_.contains(rival.created_by);
  if (is_equal && is_ours) {
    if (!may_be_made_now(rival)) return end(OutcomeKind::done);
    wrote_ = true;
    const bool is_certain = lost_ && !conflict_;
    return end(OutcomeKind::done,
               is_certain ? std::nullopt : std::optional(made_just_now_error(rival)));
  }
  const bool is_deleted = is_ours && rival.state == PolicyState::deleted;
  Error error = is_deleted ? deleted_rival_error(rival) : rival_error(rival);
  if (is_equal) error = look_alike_error(rival);
  if (conflict_) {
    error.detail.http_status = conflict_->detail.http_status;
    error.detail.service_code = conflict_->detail.service_code;
    error.detail.transaction_id = conflict_->detail.transaction_id;
  }
  return end(OutcomeKind::refused, std::move(error));
}

/// After a lost reply: was the policy created?
Turn CreateSteps::on_found(const Reply& reply, bool is_stopping) {
  if (reply.error) return end(OutcomeKind::unknown, unknown_error(*lost_));
  if (reply.found) {
    note(reply);
    return end_at(reply.found->policy);
  }
  if (is_stopping) return stopped();
  if (writes_ > 1) return end(OutcomeKind::unknown, unknown_error(*lost_));
  return post();
}

Turn RestoreSteps::begin() {
  if (!action_.after) {
    return end(OutcomeKind::failed, Error{ErrorCode::internal, "a restore without content"});
  }
  return read(action_.id);
}

Turn RestoreSteps::next(const Reply& reply, bool is_stopping) {
  switch (state_) {
    case State::reading: return on_read(reply, is_stopping);
    case State::restoring: return on_restored(reply);
    case State::settling: return on_settled(reply, is_stopping);
    case State::making_anew: return CreateSteps::next(reply, is_stopping);
  }
  return end(OutcomeKind::failed, error_of(reply));
}

Turn RestoreSteps::restore() {
  state_ = State::restoring;
  ++restores_;
  Command request = command(Command::Kind::restore);
  request.etag = etag_;
  return request;
}

/// IAM cannot restore it. A new one would lose the parts that no POST can write.
Turn RestoreSteps::make_anew(bool is_stopping) {
  if (!action_.after->extras.empty()) {
    return end(OutcomeKind::failed, not_restorable_error(action_.id));
  }
  if (is_stopping) return stopped();
  state_ = State::making_anew;
  return CreateSteps::begin();
}

Turn RestoreSteps::on_read(const Reply& reply, bool is_stopping) {
  const Sight sight = sight_of(reply, action_.id);
  if (sight == Sight::failure) return unread(reply);
  if (sight == Sight::gone) return make_anew(is_stopping);
  note(reply);
  const Observed& policy = reply.found->policy;
  if (sight == Sight::active) {
    if (holds(policy, action_)) return end(OutcomeKind::done);
    return end(OutcomeKind::refused, changed_error(policy));
  }
  const bool is_restorable = policy.content == action_.after && !etag_.empty();
  if (!is_restorable) return make_anew(is_stopping);
  if (is_stopping) return stopped();
  return restore();
}

Turn RestoreSteps::on_restored(const Reply& reply) {
  if (note_write(reply, Command::Kind::restore) || denial_) {
    state_ = State::settling;
    return read(action_.id);
  }
  if (!reply.error) {
    if (holds(reply.found->policy, action_)) return end(OutcomeKind::done);
    return end(OutcomeKind::failed, not_stored_error(reply.found->policy));
  }
  return unwritten(reply);
}

/// IAM does not restore it, and a read shows that it is deleted.
Turn RestoreSteps::on_denied(bool is_stopping) {
  const bool may_be_made = is_refusal(*denial_) && denial_->code != ErrorCode::conflict;
  return may_be_made ? make_anew(is_stopping) : Turn(denied());
}

/// After a lost reply to the restore, or a refusal.
Turn RestoreSteps::on_settled(const Reply& reply, bool is_stopping) {
  const Sight sight = sight_of(reply, action_.id);
  if (sight == Sight::failure) return unseen();
  if (sight == Sight::gone && denial_) return on_denied(is_stopping);
  if (sight == Sight::gone) return end(OutcomeKind::refused, deleted_error(action_.id));
  note(reply);
  const Observed& policy = reply.found->policy;
  if (sight == Sight::active) {
    if (!holds(policy, action_)) return end(OutcomeKind::refused, changed_error(policy));
    wrote_ = true;
    return end(OutcomeKind::done);
  }
  if (denial_) return on_denied(is_stopping);
  if (policy.content != action_.after) return end(OutcomeKind::refused, changed_error(policy));
  if (is_stopping) return stopped();
  if (restores_ > 1) return unseen();
  return restore();
}

}  // namespace authzd::converge_detail
