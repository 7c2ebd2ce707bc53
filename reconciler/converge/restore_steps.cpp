// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/judge.hpp"
#include "reconciler/converge/steps.hpp"

#include <utility>

namespace authzd::converge_detail {

Turn RestoreSteps::begin() {
  if (!action_.after) {
    return end(OutcomeKind::failed, Error{ErrorCode::internal, "a restore without content"});
  }
  return read(action_.id);
}

Turn RestoreSteps::next(const Reply& reply, bool is_stopping) {
  switch (state_) {
    case State::reading: return on_read(reply, is_stopping);
    case State::restoring: return on_restored(reply, is_stopping);
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

Turn RestoreSteps::on_restored(const Reply& reply, bool is_stopping) {
  if (note_write(reply, Command::Kind::restore)) {
    state_ = State::settling;
    return read(action_.id);
  }
  if (!reply.error) {
    if (holds(reply.found->policy, action_)) return end(OutcomeKind::done);
    return end(OutcomeKind::failed, not_stored_error(reply.found->policy));
  }
  if (reply.error->code == ErrorCode::conflict) return end(OutcomeKind::refused, reply.error);
  if (is_refusal(*reply.error)) return make_anew(is_stopping);
  return unwritten(reply);
}

/// After a lost reply to the restore.
Turn RestoreSteps::on_settled(const Reply& reply, bool is_stopping) {
  const Sight sight = sight_of(reply, action_.id);
  if (sight == Sight::failure) return end(OutcomeKind::unknown, unknown_error(*lost_));
  if (sight == Sight::gone) return end(OutcomeKind::refused, deleted_error(action_.id));
  note(reply);
  const Observed& policy = reply.found->policy;
  if (sight == Sight::active) {
    if (holds(policy, action_)) return end(OutcomeKind::done);
    return end(OutcomeKind::refused, changed_error(policy));
  }
  if (policy.content != action_.after) return end(OutcomeKind::refused, changed_error(policy));
  if (is_stopping) return stopped();
  if (restores_ > 1) return end(OutcomeKind::unknown, unknown_error(*lost_));
  return restore();
}

}  // namespace authzd::converge_detail
