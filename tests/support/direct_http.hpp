// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The client's HTTP without a socket: the sandbox in this process is its other side. Cuts and slow
// replies become the errors that a connection would give; delays pass on the clock.
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

  /// What no log may hold: each token that was handed out here.
  [[nodiscard]] const std::vector<std::string>& tokens() const { return tokens_; }
  void forget_tokens() { tokens_.clear(); }

  /// True: this request is never answered.
  std::function<bool(const HttpRequest&)> hangs;

  /// May look at what is about to be sent, and put a reply in the place of the sandbox's.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> intercept;

  /// Called when the sandbox has done what was asked, before the client can know.
  std::function<void(const HttpRequest&)> after_done;

 private:
  void keep_token(const HttpResponse& response);

  sandbox::SandboxService& service_;
  Clock& clock_;
  std::vector<std::string> tokens_;
};

}  // namespace authzd::test
