// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Small helpers between a reply and what was decoded from it.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/wire.hpp"

namespace authzd {

/// The policy with the reply's ETag (raw and unquoted as IAM sends it, empty if there is none) and
/// with the layout of its body.
Versioned versioned(Observed policy, const WireReply& reply);

/// The error with the details of the reply whose body caused it.
Error with_reply(Error error, const WireReply& reply);

}  // namespace authzd
