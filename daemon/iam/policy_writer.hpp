// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// PolicyWriter over HTTP.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/session.hpp"

#include <memory>

namespace authzd {

/// Cancellation of create, replace and remove: either nothing is sent, or the reply is awaited and
/// is the result. A cancelled restore may have been done.
class HttpPolicyWriter final : public PolicyWriter {
 public:
  explicit HttpPolicyWriter(std::shared_ptr<Session> session);

  Async<Written> create(PolicyContent content) override;
  Async<Written> replace(PolicyId id,
                         PolicyContent content,
                         Etag etag,
                         PolicyLayout layout) override;
  Async<std::string> remove(PolicyId id) override;
  Async<Written> restore(PolicyId id, Etag etag) override;

 private:
  /// `wanted`: for a create.
  Async<Written> write(ApiCall call, PolicyContent wanted);
  [[nodiscard]] Result<Written> judge_rival(const WireReply& reply,
                                            const PolicyContent& wanted) const;

  std::shared_ptr<Session> session_;
};

}  // namespace authzd
