// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/judge.hpp"
#include "reconciler/converge/steps.hpp"

namespace authzd::converge_detail {
namespace {

// Before the last read after a lost PUT: a replica may still show the old policy.
constexpr std::chrono::milliseconds kLookAfterRepeat{2'000};

}  // namespace

Turn UpdateSteps::begin() {
  if (!action_.before || !action_.after || action_.id.empty()) {
    return end(OutcomeKind::failed, Error{ErrorCode::internal, "an update without its two sides"});
  }
  if (!action_.after->extras.empty()) {  // the PUT would drop parts that the plan keeps
    return end(OutcomeKind::failed, unwritable_error(action_.id));
  }
  return read(action_.id);
}

Turn UpdateSteps::next(const Reply& reply, bool is_stopping) {
  switch (state_) {
    case State::reading: return on_read(reply, is_stopping);
    case State::putting: return on_put(reply);
    case State::settling: return on_settled(reply, is_stopping);
  }
  return end(OutcomeKind::failed, error_of(reply));
}

Turn UpdateSteps::put() {
  if (etag_.empty()) return end(OutcomeKind::no_etag, no_etag_error(action_.id));
  state_ = State::putting;
  ++writes_;
  Command request = command(Command::Kind::replace);
  request.content = *action_.after;
  request.etag = etag_;
  request.layout = layout_;
  return request;
}

Turn UpdateSteps::settle() {
  state_ = State::settling;
  Command request = read(action_.id);
  if (writes_ > 1) request.delay = kLookAfterRepeat;
  return request;
}

Turn UpdateSteps::on_read(const Reply& reply, bool is_stopping) {
  const Sight sight = sight_of(reply, action_.id);
  if (sight == Sight::failure) return unread(reply);
  note(reply);
  if (sight != Sight::active) return end(OutcomeKind::refused, deleted_error(action_.id));
  const Observed& policy = reply.found->policy;
  if (holds(policy, action_)) return end(OutcomeKind::done);
  if (!is_as_planned(policy, action_)) return end(OutcomeKind::refused, changed_error(policy));
  if (is_stopping) return stopped();
  layout_ = reply.found->layout;
  return put();
}

Turn UpdateSteps::on_put(const Reply& reply) {
  if (note_write(reply, Command::Kind::replace)) return settle();
  if (!reply.error) {
    if (holds(reply.found->policy, action_)) return end(OutcomeKind::done);
    return end(OutcomeKind::failed, not_stored_error(reply.found->policy));
  }
  return denial_ || wrote_ ? settle() : Turn(unwritten(reply));
}

/// After a lost reply, or a refusal: which version does IAM have?
Turn UpdateSteps::on_settled(const Reply& reply, bool is_stopping) {
  const Sight sight = sight_of(reply, action_.id);
  if (sight == Sight::failure) return unseen();
  note(reply);
  if (sight != Sight::active) return end(OutcomeKind::refused, deleted_error(action_.id));
  const Observed& policy = reply.found->policy;
  if (holds(policy, action_)) {
    wrote_ = true;
    return end(OutcomeKind::done);
  }
  if (denial_) return denied();
  if (!is_as_planned(policy, action_)) return end(OutcomeKind::refused, changed_error(policy));
  if (is_stopping) return stopped();
  if (writes_ > 1) return unseen();
  layout_ = reply.found->layout;
  return put();
}

}  // namespace authzd::converge_detail
