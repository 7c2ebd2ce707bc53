// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The client's HTTP without a socket: it calls the sandbox in this process. Cuts and slow replies
// become the errors of a real connection; delays pass on the clock.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/net/http.hpp"
#include "daemon/sandbox/service.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace authzd::test {

class DirectHttp final : public HttpClient {
 public:
  /// All must outlive this.
  DirectHttp(sandbox::SandboxService& service, Clock& clock) : service_(service), clock_(clock) {}

  Async<HttpResponse> send(HttpRequest request) override;

  /// Tokens that no log may contain: each one that was issued here.
  [[nodiscard]] const std::vector<std::string>& tokens() const { return tokens_; }
  void forget_tokens() { tokens_.clear(); }

  /// True: this request is never answered.
  std::function<bool(const HttpRequest&)> hangs;

  /// May inspect a request, and replace the sandbox's reply.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> intercept;

  /// Called after the sandbox has performed the request, before the client can know.
  std::function<void(const HttpRequest&)> after_done;

 private:
  void keep_token(const HttpResponse& response);

  sandbox::SandboxService& service_;
  Clock& clock_;
  std::vector<std::string> tokens_;
};

}  // namespace authzd::test
