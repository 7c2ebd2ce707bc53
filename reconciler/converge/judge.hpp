// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a reply means for an action: the questions that the steps of all verbs ask, and the errors
// that answer a person. Pure functions without state.
#pragma once

#include "reconciler/converge/converge.hpp"

namespace authzd::converge_detail {

enum class Sight {
  active,   // the policy asked for is there
  deleted,  // IAM keeps it, with state `deleted`
  gone,     // 404
  failure,  // the read says nothing
};

/// What a read of `id` showed. A reply about any other policy is a failure.
Sight sight_of(const Reply& reply, const PolicyId& id);

/// True where a write may have been done without a usable reply to say so.
bool is_lost(const Reply& reply, Command::Kind kind);

/// 400, 409, 412, and 404: the world is not as the plan saw it, or IAM will not have it.
bool is_refusal(const Error& error);

/// Attributes, roles, description, extras, state and time are what the plan saw.
bool is_as_planned(const Observed& policy, const Action& action);

/// The policy is what the action wants it to be.
bool holds(const Observed& policy, const Action& action);

/// An ETag that may stand in If-Match: neither empty nor "*".
bool is_usable(const Etag& etag);

/// The error of a reply that failed, or one that says that it made no sense.
Error error_of(const Reply& reply);

/// Who last touched a policy that is deleted by now. It need not be who changed it: IAM may name
/// who deleted it, and that may be us.
std::string last_touch_of_deleted(const Observed& policy);

Error changed_error(const Observed& policy);     // not as planned any more
Error deleted_error(const PolicyId& id);         // gone before we could change it
Error rival_error(const Observed& policy);       // another policy has the key
Error unknown_error(const Error& lost);          // lost, and reading did not tell
Error not_stored_error(const Observed& policy);  // IAM holds something else
Error not_restorable_error(const PolicyId& id);  // nor to be made again
Error unwritable_error(const PolicyId& id);      // what is wanted has parts that no PUT carries
Error no_etag_error(const PolicyId& id);
Error stopped_error();

}  // namespace authzd::converge_detail
