// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/sign_in.hpp"

#include "daemon/http/bearer.hpp"
#include "daemon/http/replies.hpp"
#include "daemon/http/routes.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kMostForm = 4U << 10U;  // bytes
constexpr std::size_t kMostCookies = 8;       // of our name in one request
constexpr std::size_t kMostPath = 512;        // bytes

Error token_not_set_up(std::string_view what) {
  return {ErrorCode::forbidden,
          std::string(what) +
              ": set admin.tokenFile in the configuration to a file with 16 characters or more "
              "(openssl rand -hex 32), and restart authzd"};
}

/// The ids of sessions in the request: other programs on the same host share the names of cookies.
std::vector<std::string_view> session_ids(const HttpRequest& request) {
  std::vector<std::string_view> ids;
  for (const HttpHeader& header : request.headers) {
    if (!iequals(header.name, "Cookie")) continue;
    std::string_view rest = header.value;
    while (!rest.empty() && ids.size() < kMostCookies) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trim(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != kSessionCookie) continue;
      ids.push_back(pair.substr(equals + 1));
    }
  }
  return ids;
}

/// Plain HTTP on the host itself, or TLS as the proxy before the listener says. Whoever forges the
/// header only gets a cookie that their own browser does not send over plain HTTP; so it need not
/// be known whether it comes from a proxy.
bool came_by_tls(const HttpRequest& request) {
  return iequals(trim(find_header(request.headers, "X-Forwarded-Proto")), "https");
}

std::string cookie(const HttpRequest& request, std::string_view value, bool is_over) {
  return std::string(kSessionCookie) + "=" + std::string(value) +
         "; Path=/; HttpOnly; SameSite=Strict" + (came_by_tls(request) ? "; Secure" : "") +
         (is_over ? "; Max-Age=0" : "");
}

HttpResponse form_page(int status, const console::Frame& frame, const console::SignInForm& form) {
  HttpResponse response = html_page(console::sign_in_page(frame, form));
  response.status = status;
  return response;
}

HttpResponse from_elsewhere(const console::Frame& frame, const std::string& next) {
  return form_page(
      403,
      frame,
      {next,
       "The request came from another site, or the proxy before authzd does not pass on "
       "the headers Host and Origin."});
}

HttpResponse redirect(const std::string& target) {
  HttpResponse response = text_page(303, "see " + target);
  response.headers.push_back({"Location", target});
  return response;
}

}  // namespace

std::string local_path(std::string_view next) {
  // "//host" and "/\host" are other sites; a control character may be dropped by a browser.
  const bool is_plain = std::ranges::all_of(next, [](char c) { return c > ' ' && c < '\x7f'; });
  const bool is_local =
      next.starts_with('/') && !next.starts_with("//") && next.find('\\') == std::string_view::npos;
  const bool leads_back = next.starts_with("/sign-");
  if (!is_plain || !is_local || leads_back || next.size() > kMostPath) return "/";
  return std::string(next);
}

bool is_from_here(const HttpHeaders& headers) {
  // Browsers send Sec-Fetch-Site to hosts that they trust: over TLS, and to the host itself.
  const std::string_view site = find_header(headers, "Sec-Fetch-Site");
  if (!site.empty()) return site == "same-origin";
  const std::string_view origin = find_header(headers, "Origin");
  const std::string_view host = find_header(headers, "Host");
  const std::size_t mark = origin.find("://");
  return mark != std::string_view::npos && !host.empty() && iequals(origin.substr(mark + 3), host);
}

Result<Secret> SignIn::read_token() {
  if (!parts_.token) return token_not_set_up("this page is closed");
  auto token = parts_.token();
  if (!token) {
    // The file's path is not for the client.
    if (const auto left_out = unread_tokens_.admit(parts_.clock.ticks())) {
      parts_.log.with("left_out_since_the_last", std::to_string(*left_out))
          .warning("the token of the console and the API cannot be read",
                   {{"error", to_string(token.error())}});
    }
    return Error{ErrorCode::unavailable,
                 "admin.tokenFile cannot be used; the log of authzd says why"};
  }
  if (token->reveal().size() < kShortestToken) {
    return token_not_set_up("this page is closed, as its token is too short");
  }
  return token;
}

Result<void> SignIn::admit(const HttpRequest& request) {
  const auto token = read_token();
  if (!token) return token.error();
  const bool has_header = !find_header(request.headers, "Authorization").empty();
  const bool is_known =
      has_header ? has_bearer_token(request.headers, *token) : admits_session(request, *token);
  if (is_known) return {};
  return Error{ErrorCode::unauthenticated,
               "this page needs the header Authorization: Bearer TOKEN, with the token of "
               "admin.tokenFile, or a sign-in at /sign-in"};
}

bool SignIn::admits_session(const HttpRequest& request, const Secret& token) {
  const auto ids = session_ids(request);
  const auto now = parts_.clock.ticks();
  return std::ranges::any_of(ids,
                             [&](std::string_view id) { return sessions_.admit(id, token, now); });
}

bool SignIn::has_session(const HttpRequest& request) {
  return !session_ids(request).empty();
}

/// A bucket of attempts that fills by itself.
bool SignIn::may_try() {
  const auto now = parts_.clock.ticks();
  if (attempts_ == 0) last_forgotten_ = now;
  const auto forgotten = static_cast<std::size_t>((now - last_forgotten_) / kAttemptGap);
  attempts_ -= std::min(attempts_, forgotten);
  last_forgotten_ += forgotten * kAttemptGap;
  return attempts_ < kMostAttempts;
}

HttpResponse SignIn::show(const HttpRequest& request, const console::Frame& frame) {
  const auto token = read_token();
  if (!token) {
    HttpResponse response =
        html_page(console::message_page(frame, "The console is closed", token.error().message));
    response.status = token.error().code == ErrorCode::forbidden ? 403 : 503;
    return response;
  }
  const Target target = split_target(request.target);
  return form_page(200, frame, {local_path(query_value(target.query, "next").value_or("/"))});
}

HttpResponse SignIn::sign_in(const HttpRequest& request, const console::Frame& frame) {
  const auto token = read_token();
  if (!token) return show(request, frame);
  const std::string_view form =
      request.body.size() <= kMostForm ? std::string_view(request.body) : std::string_view{};
  const std::string next = local_path(query_value(form, "next").value_or("/"));
  if (!is_from_here(request.headers)) return from_elsewhere(frame, next);
  if (!may_try()) {
    HttpResponse response = form_page(
        429, frame, {next, "There were too many wrong tokens. Try again in a few seconds."});
    response.headers.push_back({"Retry-After", std::to_string(kAttemptGap.count())});
    return response;
  }
  const Secret given(query_value(form, "token").value_or(""));
  if (!is_token(trim(given.reveal()), *token)) {
    ++attempts_;
    if (const auto left_out = wrong_tokens_.admit(parts_.clock.ticks())) {
      parts_.log.with("left_out_since_the_last", std::to_string(*left_out))
          .warning("a sign-in to the console with a wrong token was refused");
    }
    return form_page(401, frame, {next, "That is not the token of admin.tokenFile."});
  }
  for (const std::string_view id : session_ids(request)) sessions_.close(id);
  const Secret id = sessions_.open(*token, parts_.clock.ticks());
  parts_.log.info("someone signed in to the console");
  HttpResponse response = redirect(next);
  response.headers.push_back({"Set-Cookie", cookie(request, id.reveal(), false)});
  return response;
}

HttpResponse SignIn::sign_out(const HttpRequest& request, const console::Frame& frame) {
  if (!is_from_here(request.headers)) return from_elsewhere(frame, "/");
  for (const std::string_view id : session_ids(request)) sessions_.close(id);
  HttpResponse response = redirect("/sign-in");
  response.headers.push_back({"Set-Cookie", cookie(request, "", true)});
  return response;
}

}  // namespace authzd
