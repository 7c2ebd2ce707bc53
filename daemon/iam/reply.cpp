// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/reply.hpp"

#include "daemon/iam/policy_codec.hpp"

#include <string>
#include <utility>

namespace authzd {

Versioned versioned(Observed policy, const WireReply& reply) {
  return {std::move(policy),
          Etag(std::string(find_header(reply.response.headers, "ETag"))),
          decode_layout(reply.response.body)};
}

Error with_reply(Error error, const WireReply& reply) {
  error.detail.http_status = reply.response.status;
  error.detail.transaction_id = reply.transaction_id;
  return error;
}

}  // namespace authzd
