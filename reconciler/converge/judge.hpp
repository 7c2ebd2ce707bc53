// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Interprets a reply for an action: the checks that the steps of all verbs share, and the errors
// for people. Pure functions without state.
#pragma once

#include "reconciler/converge/converge.hpp"

namespace authzd::converge_detail {

enum class Sight {
  active,   // the requested policy exists
  deleted,  // IAM keeps it, with state `deleted`
  gone,     // 404
  failure,  // the read shows nothing
};

/// What a read of `id` showed. A reply about any other policy is a failure.
Sight sight_of(const Reply& reply, const PolicyId& id);

/// True if a write may have been done although there is no usable reply.
bool is_lost(const Reply& reply, Command::Kind kind);

/// Somebody answered that it was not done, which is no proof that it was not: a proxy may have sent
/// it twice, and this is the answer to the second time. A read has to show it.
bool is_denied(const Error& error);

/// 400, 409, 412, and 404: the policy is not as planned, or IAM does not accept the write.
bool is_refusal(const Error& error);

/// Attributes, roles, description, extras, state and time are those of the plan.
bool is_as_planned(const Observed& policy, const Action& action);

/// The policy is what the action wants.
bool holds(const Observed& policy, const Action& action);

/// An ETag that is valid in If-Match: neither empty nor "*".
bool is_usable(const Etag& etag);

/// The error of a failed reply, or one that says that the reply is invalid.
Error error_of(const Reply& reply);

/// Who last touched a policy that is deleted now. This need not be who changed it: IAM may name who
/// deleted it, which may be us.
std::string last_touch_of_deleted(const Observed& policy);

Error changed_error(const Observed& policy);        // no longer as planned
Error deleted_error(const PolicyId& id);            // deleted before we could change it
Error vanished_error(const PolicyId& id);           // listed for the plan, and not there now
Error rival_error(const Observed& policy);          // another policy has the key
Error deleted_rival_error(const Observed& policy);  // a policy of ours that IAM keeps as deleted
Error made_just_now_error(const Observed& policy);  // by us; perhaps not by this create
Error look_alike_error(const Observed& policy);     // the same, with just what we wanted
Error unknown_error(const Error& lost);             // lost, and reads did not show the result
Error unproven_error(const Error& denial);          // denied, and reads did not show the result
Error not_stored_error(const Observed& policy);     // IAM has something else
Error older_policy_error(const PolicyId& id);       // in place of the one that was created
Error not_restorable_error(const PolicyId& id);     // and it cannot be recreated
Error unwritable_error(const PolicyId& id);  // the wanted policy has parts that no PUT can express
Error no_etag_error(const PolicyId& id);
Error stopped_error();

}  // namespace authzd::converge_detail
