// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Small joints between a reply and what was read in it.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/wire.hpp"

namespace authzd {

/// The policy with the reply's ETag, raw and unquoted as IAM gives it, empty where it gave none,
/// and with the layout of its body.
Versioned versioned(Observed policy, const WireReply& reply);

/// The error with what is known of the reply whose body caused it.
Error with_reply(Error error, const WireReply& reply);

}  // namespace authzd
