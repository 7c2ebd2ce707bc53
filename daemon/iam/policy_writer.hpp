// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// PolicyWriter over HTTP.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/iam/session.hpp"

#include <memory>

namespace authzd {

class HttpPolicyWriter final : public PolicyWriter {
 public:
  explicit HttpPolicyWriter(std::shared_ptr<Session> session);

  Async<Written> create(PolicyContent content) override;
  Async<Written> replace(PolicyId id, PolicyContent content, Etag etag) override;
  Async<std::string> remove(PolicyId id) override;
  Async<Written> restore(PolicyId id, Etag etag) override;

 private:
  Async<Written> write(ApiCall call);

  std::shared_ptr<Session> session_;
};

}  // namespace authzd
