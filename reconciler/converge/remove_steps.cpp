// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/text.hpp"
#include "reconciler/converge/judge.hpp"
#include "reconciler/converge/steps.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd::converge_detail {
namespace {

using std::chrono::milliseconds;

// The delays before the confirming reads: a replica may still show the policy for some time. Also
// before the first reads of a fresh policy: a replica may not show it yet.
constexpr std::array<milliseconds, 3> kLooks{
    milliseconds{0}, milliseconds{1'000}, milliseconds{3'000}};

Error gap_error(const Observed& policy) {
  return Error{ErrorCode::conflict,
               "changed between our read and our delete: policy " + printable(policy.id.value) +
                   " held something else than the plan saw; " + last_touch_of_deleted(policy)};
}

}  // namespace

Turn RemoveSteps::begin() {
  if (!action_.before || action_.id.empty()) {
    return end(OutcomeKind::failed, Error{ErrorCode::internal, "a delete without a policy"});
  }
  return look_first();
}

Turn RemoveSteps::next(const Reply& reply, bool is_stopping) {
  switch (state_) {
    case State::reading: return on_read(reply, is_stopping);
    case State::removing: return on_removed(reply);
    case State::confirming: return on_confirmed(reply, is_stopping);
    case State::restoring: return on_restored(reply);
    case State::settling: return on_settled(reply);
  }
  return end(OutcomeKind::failed, error_of(reply));
}

Turn RemoveSteps::look_first() {
  Command request = read(action_.id);
  request.delay = kLooks.at(first_looks_);
  ++first_looks_;
  return request;
}

Turn RemoveSteps::remove() {
  state_ = State::removing;
  ++writes_;
  return command(Command::Kind::remove);
}

Turn RemoveSteps::confirm() {
  state_ = State::confirming;
  Command request = read(action_.id);
  // A second DELETE is confirmed at least once, even if the first one has used all reads.
  request.delay = kLooks[std::min(looks_, kLooks.size() - 1)];
  ++looks_;
  return request;
}

Turn RemoveSteps::restore(const Observed& changed) {
  if (!gap_) gap_ = gap_error(changed);
  if (etag_.empty()) {
    Error error = no_etag_error(action_.id);
    error.message += "; it stays deleted, although it was " + gap_->message;
    return end(OutcomeKind::no_etag, std::move(error));
  }
  state_ = State::restoring;
  ++restores_;
  Command request = command(Command::Kind::restore);
  request.etag = etag_;
  request.repairs = true;
  return request;
}

Turn RemoveSteps::on_read(const Reply& reply, bool is_stopping) {
  const Sight sight = sight_of(reply, action_.id);
  if (sight == Sight::failure) return unread(reply);
  if (sight == Sight::gone && is_fresh_) {
    if (is_stopping) return stopped();
    if (first_looks_ < kLooks.size()) return look_first();
    return end(OutcomeKind::failed, deleted_error(action_.id));
  }
  note(reply);
  if (sight != Sight::active) {
    const bool is_listed = listed_ != nullptr && listed_->find_active(action_.id) != nullptr;
    // The next list tells which of the two is true.
    return is_listed ? end(OutcomeKind::refused, vanished_error(action_.id))
                     : end(OutcomeKind::done);
  }
  const Observed& policy = reply.found->policy;
  if (!is_as_planned(policy, action_)) return end(OutcomeKind::refused, changed_error(policy));
  if (is_stopping) return stopped();
  return remove();
}

Turn RemoveSteps::on_removed(const Reply& reply) {
  const bool lost = note_write(reply, Command::Kind::remove);
  if (!lost && !reply.error) lost_.reset();
  if (lost || !reply.error || denial_) return confirm();
  if (wrote_) return confirm();  // an earlier, lost one may have been done after all
  return unwritten(reply);
}

Turn RemoveSteps::on_confirmed(const Reply& reply, bool is_stopping) {
  const Sight sight = sight_of(reply, action_.id);
  if (sight != Sight::failure) note(reply);
  if (is_proof(sight)) return on_gone(reply);

  const bool is_untouched = sight == Sight::active && is_as_planned(reply.found->policy, action_);
  if (is_untouched && lost_ && writes_ == 1 && !is_stopping) return remove();
  const bool was_left = is_stopping && sight == Sight::failure;
  if (looks_ < kLooks.size() && !was_left) return confirm();
  if (sight == Sight::active && denial_ && !wrote_) return denied();
  wrote_ = true;
  if (sight == Sight::failure) return end(OutcomeKind::unconfirmed, error_of(reply));
  if (sight == Sight::gone) return end(OutcomeKind::unconfirmed, deleted_error(action_.id));
  if (!is_untouched) return end(OutcomeKind::unconfirmed, changed_error(reply.found->policy));
  return end(OutcomeKind::unconfirmed,
             Error{ErrorCode::unavailable, "the policy was deleted, and IAM still shows it"});
}

/// A 404 for a fresh policy may come from a replica that has not seen it. So may the success of the
/// DELETE before it, if IAM accepts a DELETE of an unknown policy (iam-api §12).
bool RemoveSteps::is_proof(Sight sight) const {
  return sight == Sight::deleted || (sight == Sight::gone && !is_fresh_);
}

/// IAM tells when it was deleted, and by whom: if it does not tell, it may have been us.
bool RemoveSteps::is_deleted_by_others(const Reply& reply) const {
  if (!reply.found) return false;
  const Observed& policy = reply.found->policy;
  return policy.last_modified_at != action_.last_modified_at && !policy.last_modified_by.empty() &&
         !identities_.empty() && !identities_.contains(policy.last_modified_by);
}

/// Gone; but was it as planned? We restore only what we may have deleted ourselves: it was there
/// right before the DELETE, also if that was denied.
Turn RemoveSteps::on_gone(const Reply& reply) {
  if (denial_ && !is_deleted_by_others(reply)) wrote_ = true;
  const bool was_changed = reply.found && reply.found->policy.content != action_.before;
  if (was_changed && wrote_) return restore(reply.found->policy);
  return end(OutcomeKind::done);
}

Turn RemoveSteps::on_restored(const Reply& reply) {
  if (note_write(reply, Command::Kind::restore) || denial_) {
    state_ = State::settling;
    return read(action_.id);
  }
  if (!reply.error && reply.found->policy.state == PolicyState::active) {
    return end(OutcomeKind::restored, gap_);
  }
  return end(OutcomeKind::failed,
             error_of(reply).context("bringing back a policy that was " + gap_->message));
}

/// After a lost reply to the restore, or a refusal.
Turn RemoveSteps::on_settled(const Reply& reply) {
  const Sight sight = sight_of(reply, action_.id);
  if (sight != Sight::failure) note(reply);
  if (sight == Sight::active) return end(OutcomeKind::restored, gap_);
  if (sight == Sight::deleted && restores_ == 1 && !denial_) return restore(reply.found->policy);
  return end(sight == Sight::failure ? OutcomeKind::unknown : OutcomeKind::failed,
             (denial_ ? *denial_ : unknown_error(*lost_))
                 .context("bringing back a policy that was " + gap_->message));
}

}  // namespace authzd::converge_detail
