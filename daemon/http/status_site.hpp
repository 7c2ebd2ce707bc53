// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The pages of the daemon's TCP listener and of its admin socket, as a function from request to
// reply. It opens no socket and no file. Pages without a token name no policies; the rest needs the
// token, but for a caller at the admin socket.
//
//   path                    | needs       | response
//   ------------------------+-------------+-----------------------------------------------------
//   GET /metrics            | nothing     | Prometheus' text format
//   GET /healthz            | nothing     | 200: the event loop is alive
//   GET /readyz             | nothing     | 200 once every account's first cycle has ended
//   POST /hook/{github,…}   | a signature | 202, and starts a cycle of each account early
//   GET /api/v1/…           | the token   | status, plans and runs as JSON
//   GET /, /accounts/…, …   | the token   | the console (daemon/console); a browser signs in
//   /sign-in, /sign-out     | the form    | exchanges the token for a session, and ends it
#pragma once

#include "daemon/http/console_site.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/http/sign_in.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/http.hpp"
#include "daemon/status/cycle_tally.hpp"
#include "daemon/status/log_limiter.hpp"
#include "daemon/status/metrics.hpp"
#include "daemon/status/status_board.hpp"
#include "reconciler/base/secret.hpp"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace authzd {

struct SiteParts {
  StatusBoard& board;
  const CycleTally& cycles;
  Clock& clock;
  Randomness& randomness;
  std::string version;
  Log log;
  /// Reads admin.tokenFile, each time; null: it is not set, and protected pages are disabled.
  std::function<Result<Secret>()> token = {};
  /// Whether a hook is signed and new; null: admin.hookSecretFile is not set, and hooks are
  /// disabled.
  std::function<Result<void>(const HttpRequest&)> admit_hook = {};
};

/// Where a request comes from.
enum class Caller {
  remote,  // over TCP: anybody
  local,   // at the admin socket, whose file says who may
};

class StatusSite {
 public:
  /// The targets of `parts` must outlive this.
  explicit StatusSite(SiteParts parts);

  /// Always replies; failures are logged, and neither contains a secret.
  HttpResponse answer(const HttpRequest& request, Caller caller);

 private:
  [[nodiscard]] HttpResponse no_such_page(const HttpRequest& request, Caller caller) const;
  HttpResponse answer_route(const Route& route,
                            const HttpRequest& request,
                            const Target& target,
                            Caller caller);
  HttpResponse show(const Route& route, const Target& target, const console::Frame& frame);
  HttpResponse refuse(const Route& route,
                      const HttpRequest& request,
                      const Error& error,
                      const console::Frame& frame);
  HttpResponse answer_sign_in(const Route& route,
                              const HttpRequest& request,
                              const console::Frame& frame);
  HttpResponse take_hook(const Route& route, const HttpRequest& request);
  void warn(LogLimiter& limiter, std::string_view message, std::initializer_list<LogField> fields);

  [[nodiscard]] HttpResponse status() const;
  [[nodiscard]] HttpResponse metrics() const;
  [[nodiscard]] HttpResponse readiness() const;
  [[nodiscard]] HttpResponse plan(const std::vector<AccountView>& accounts) const;
  [[nodiscard]] HttpResponse grants(const Route& route,
                                    const std::vector<AccountView>& accounts,
                                    const Target& target) const;
  [[nodiscard]] HttpResponse runs(const std::vector<AccountView>& accounts,
                                  const Target& target) const;

  SiteParts parts_;
  SignIn sign_in_;
  ConsoleSite console_;
  RequestCounts requests_;
  LogLimiter refused_hooks_;
};

}  // namespace authzd
