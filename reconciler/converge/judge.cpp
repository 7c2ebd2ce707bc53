// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/judge.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/ownership.hpp"

namespace authzd::converge_detail {
namespace {

std::string last_touch(const Observed& policy) {
  const std::string by = policy.last_modified_by.value;
  const std::string at = policy.last_modified_at;
  if (by.empty() && at.empty()) return "IAM does not say by whom";
  return "last modified by " + (by.empty() ? "someone" : printable(by)) +
         (at.empty() ? "" : " at " + printable(at));
}

}  // namespace

std::string last_touch_of_deleted(const Observed& policy) {
  return "IAM says: " + last_touch(policy) + ", which may be our own delete";
}

namespace {

std::string named(const PolicyId& id) {
  return "policy " + printable(id.value);
}

}  // namespace

Sight sight_of(const Reply& reply, const PolicyId& id) {
  if (reply.error) {
    return reply.error->code == ErrorCode::not_found ? Sight::gone : Sight::failure;
  }
  if (!reply.found || reply.found->policy.id != id) return Sight::failure;
  return reply.found->policy.state == PolicyState::active ? Sight::active : Sight::deleted;
}

bool is_lost(const Reply& reply, Command::Kind kind) {
  if (reply.error) {
    // A success with an unreadable body is a success with an unknown result.
    return reply.error->detail.may_have_happened || reply.error->detail.http_status / 100 == 2;
  }
  return kind != Command::Kind::remove && !reply.found;
}

bool is_denied(const Error& error) {
  return error.detail.http_status != 0 && !error.detail.may_have_happened;
}

bool is_refusal(const Error& error) {
  switch (error.detail.http_status) {
    case 400:
    case 404:
    case 409:
    case 412: return true;
    case 0: return error.code == ErrorCode::conflict || error.code == ErrorCode::not_found;
    default: return false;
  }
}

bool is_as_planned(const Observed& policy, const Action& action) {
  // No plan acts on a policy of a template or a service; a list need not say that it is one.
  return policy.state == PolicyState::active && policy.content == action.before &&
         policy.last_modified_at == action.last_modified_at && policy.template_id.empty() &&
         !is_service_made(policy);
}

bool holds(const Observed& policy, const Action& action) {
  return policy.state == PolicyState::active && policy.content == action.after &&
         (action.verb == Verb::create || policy.id == action.id);
}

bool is_usable(const Etag& etag) {
  const auto text = trim(etag.value);
  return !text.empty() && text != "*";
}

Error error_of(const Reply& reply) {
  if (reply.error) return *reply.error;
  return Error{ErrorCode::bad_response, "IAM's reply does not show the policy that was asked for"};
}

Error changed_error(const Observed& policy) {
  if (!policy.template_id.empty()) {
    return Error{ErrorCode::conflict, named(policy.id) + " comes from an enterprise template"};
  }
  if (is_service_made(policy)) {
    return Error{ErrorCode::conflict, named(policy.id) + " was made by a service"};
  }
  return Error{
      ErrorCode::conflict,
      named(policy.id) + " is not as it was when the plan was made: " + last_touch(policy)};
}

Error deleted_error(const PolicyId& id) {
  return Error{ErrorCode::not_found,
               named(id) + " is not there any more, or is not yet seen by all of IAM"};
}

Error vanished_error(const PolicyId& id) {
  return Error{ErrorCode::conflict,
               "IAM listed " + named(id) +
                   " for the plan, and a read does not find it: someone has deleted it since, or "
                   "IAM contradicts itself; no delete was sent"};
}

Error rival_error(const Observed& policy) {
  const std::string by = policy.created_by.value;
  Error error{ErrorCode::conflict,
              named(policy.id) + " has the same attributes; it was made by " +
                  (by.empty() ? "someone" : printable(by)) + ", " + last_touch(policy)};
  error.detail.conflicts_with = policy.id.value;
  return error;
}

Error deleted_rival_error(const Observed& policy) {
  return rival_error(policy).context(
      "IAM counts a deleted policy, which it keeps for 10 days, as one with the same attributes; "
      "`authzd undo` of the run that deleted it restores it");
}

Error made_just_now_error(const Observed& policy) {
  return Error{ErrorCode::conflict,
               "IAM refused the create because of " + named(policy.id) +
                   ", which our identity made after the plan's list: by this very create, if a "
                   "proxy sent it twice, or by another call; it counts as created"};
}

Error look_alike_error(const Observed& policy) {
  return rival_error(policy).context(
      "someone else made the very policy that was wanted, with our marker, and it is not taken for "
      "ours; if that was an identity of this installation, list it in identities; else take the "
      "marker out of its description, and let `adopt` take it over, or delete it");
}

Error unknown_error(const Error& lost) {
  Error error = lost;
  error.detail.may_have_happened = true;
  return std::move(error).context(
      "the reply to a write was lost, and reading has not shown it done");
}

Error unproven_error(const Error& denial) {
  Error error = denial;
  error.detail.may_have_happened = true;
  return std::move(error).context(
      "a write was refused, and no read has shown that it was not done all the same");
}

Error not_stored_error(const Observed& policy) {
  return Error{ErrorCode::bad_response,
               "IAM stores " + named(policy.id) + " otherwise than it was sent"};
}

Error older_policy_error(const PolicyId& id) {
  return Error{ErrorCode::conflict,
               "the reply to a create shows " + named(id) +
                   ", which was there before: it is not the one that was created"};
}

Error not_restorable_error(const PolicyId& id) {
  return Error{ErrorCode::rejected,
               named(id) + " cannot be brought back, and has parts that authzd cannot write again"};
}

Error unwritable_error(const PolicyId& id) {
  return Error{ErrorCode::rejected, named(id) + " is to keep parts that authzd cannot write"};
}

Error no_etag_error(const PolicyId& id) {
  return Error{ErrorCode::bad_response,
               "no read of " + named(id) +
                   " gave an ETag, without which a change by someone else could be overwritten; a "
                   "private endpoint of IAM may leave it out, and so may a proxy: set iam.endpoint "
                   "to the public one, https://iam.cloud.ibm.com, or let the proxy pass the header "
                   "ETag"};
}

Error stopped_error() {
  return Error{ErrorCode::cancelled, "stopped before the write"};
}

}  // namespace authzd::converge_detail
