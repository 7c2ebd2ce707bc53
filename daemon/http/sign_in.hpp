// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who may see the guarded pages: anyone who sends the token of admin.tokenFile as a bearer token,
// and browsers that have exchanged it for a session by the form. Neither may change anything.
#pragma once

#include "daemon/console/frame.hpp"
#include "daemon/http/sessions.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/http.hpp"
#include "daemon/status/log_limiter.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

inline constexpr std::string_view kSessionCookie = "authzd_session";

/// Wrong tokens that the form takes at once, and the time after which it takes one more. All who
/// reach the listener share them: it does not know them apart behind a proxy.
inline constexpr std::size_t kMostAttempts = 10;
inline constexpr std::chrono::seconds kAttemptGap{6};

class SignIn {
 public:
  struct Parts {
    /// Reads admin.tokenFile, each time; null: it is not set, and guarded pages are disabled.
    std::function<Result<Secret>()> token;
    Clock& clock;
    Randomness& randomness;
    Log log;
  };

  /// The targets of `parts` must outlive this.
  explicit SignIn(Parts parts) : parts_(std::move(parts)), sessions_(parts_.randomness) {}

  /// Whether the request may see guarded pages. One with the header Authorization is judged by it
  /// alone. Errors: forbidden (no usable token is set up), unavailable (its file cannot be read;
  /// the log says why), unauthenticated.
  Result<void> admit(const HttpRequest& request);

  /// The form, or its result: a session and a redirect to a local path; or the form again,
  /// with 401, 403 (the request comes from another site) or 429 (too many wrong tokens).
  HttpResponse show(const HttpRequest& request, const console::Frame& frame);
  HttpResponse sign_in(const HttpRequest& request, const console::Frame& frame);

  /// Ends the session of the request, if it has one.
  HttpResponse sign_out(const HttpRequest& request, const console::Frame& frame);

  /// Whether it carries a session, valid or not.
  static bool has_session(const HttpRequest& request);

 private:
  Result<Secret> read_token();
  bool admits_session(const HttpRequest& request, const Secret& token);
  bool may_try();

  Parts parts_;
  Sessions sessions_;
  std::size_t attempts_ = 0;  // wrong tokens that were not forgotten yet
  Sessions::Ticks last_forgotten_ = {};
  LogLimiter unread_tokens_;
  LogLimiter wrong_tokens_;
};

/// `next` if it is a path of this site that a browser cannot take for another one; else "/".
std::string local_path(std::string_view next);

/// Whether a browser sent the request, a POST, from a page of this site.
bool is_from_here(const HttpHeaders& headers);

}  // namespace authzd
