// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/steps.hpp"

#include "reconciler/converge/judge.hpp"

#include <utility>

namespace authzd::converge_detail {

Steps::Steps(std::size_t index, Action action, Etag last_etag)
    : action_(std::move(action)), etag_(std::move(last_etag)), index_(index) {
  if (!is_usable(etag_)) etag_ = Etag{};
}

Command Steps::command(Command::Kind kind) const {
  Command command;
  command.action = index_;
  command.kind = kind;
  command.id = action_.id;
  command.settles_write = (wrote_ || denial_) && !is_write(kind);
  return command;
}

Command Steps::read(const PolicyId& id) const {
  Command request = command(Command::Kind::read);
  request.id = id;
  return request;
}

Outcome Steps::end(OutcomeKind kind, std::optional<Error> error) const {
  return Outcome{index_, kind, wrote_, std::move(error), stored_, transaction_id_};
}

Outcome Steps::stopped() const {
  if (!wrote_) return end(OutcomeKind::skipped, stopped_error());
  return end(OutcomeKind::unknown, unknown_error(lost_.value_or(stopped_error())));
}

Outcome Steps::unread(const Reply& reply) const {
  const bool was_left = reply.error && reply.error->code == ErrorCode::cancelled;
  return was_left ? stopped() : end(OutcomeKind::failed, error_of(reply));
}

Outcome Steps::unwritten(const Reply& reply) const {
  const bool is_refused = reply.error && is_refusal(*reply.error);
  return is_refused ? end(OutcomeKind::refused, reply.error) : unread(reply);
}

Outcome Steps::denied() const {
  return end(is_refusal(*denial_) ? OutcomeKind::refused : OutcomeKind::failed, denial_);
}

Outcome Steps::unseen() {
  wrote_ = true;
  return end(OutcomeKind::unknown, lost_ ? unknown_error(*lost_) : unproven_error(*denial_));
}

void Steps::note(const Reply& reply) {
  if (!reply.found) return;
  stored_ = reply.found;
  if (is_usable(reply.found->etag)) etag_ = reply.found->etag;
}

bool Steps::note_write(const Reply& reply, Command::Kind kind) {
  const bool lost = is_lost(reply, kind);
  if (lost) lost_ = error_of(reply);
  denial_.reset();
  if (!lost && reply.error && is_denied(*reply.error)) denial_ = reply.error;
  if (lost || !reply.error) wrote_ = true;
  const bool has_own_id = !reply.transaction_id.empty() || !reply.error;
  transaction_id_ = has_own_id ? reply.transaction_id : reply.error->detail.transaction_id;
  note(reply);
  return lost;
}

}  // namespace authzd::converge_detail
