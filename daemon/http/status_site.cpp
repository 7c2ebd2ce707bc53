// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/status_site.hpp"

#include "daemon/console/frame.hpp"
#include "daemon/http/replies.hpp"
#include "daemon/status/status_report.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kUsualRuns = 20;
constexpr std::size_t kMostRuns = 200;

std::size_t wanted_runs(const Target& target) {
  const std::string text = query_value(target.query, "limit").value_or("");
  std::size_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, count);
  if (failed != std::errc{} || stop != end || count == 0) return kUsualRuns;
  return std::min(count, kMostRuns);
}

Error not_set_up(std::string_view key, std::string_view what) {
  return {ErrorCode::forbidden,
          std::string(what) + ": set " + std::string(key) +
              " in the configuration to a file with 16 characters or more (openssl rand -hex 32), "
              "and restart authzd"};
}

/// The reply to a refused token or hook.
int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::rejected: return 400;
    case ErrorCode::unauthenticated: return 401;
    case ErrorCode::forbidden: return 403;
    case ErrorCode::conflict: return 409;
    default: return 503;
  }
}

DaemonStatus status_of(const StatusBoard& board) {
  DaemonStatus daemon{{}, board.refused_reload(), board.rollout()};
  for (AccountView& view : board.accounts()) daemon.accounts.push_back(std::move(view.status));
  return daemon;
}

/// A browser, and not a program that reads.
bool wants_html(const HttpRequest& request) {
  return find_header(request.headers, "Accept").find("text/html") != std::string_view::npos;
}

}  // namespace

StatusSite::StatusSite(SiteParts parts)
    : parts_(std::move(parts)),
      sign_in_({parts_.token, parts_.clock, parts_.randomness, parts_.log}),
      console_(parts_.board, parts_.log) {}

HttpResponse StatusSite::answer(const HttpRequest& request, Caller caller) {
  const Target target = split_target(request.target);
  const Route* const route = find_route(target.path);
  HttpResponse response = route == nullptr ? no_such_page(request, caller)
                                           : answer_route(*route, request, target, caller);
  if (response.status == 401) {
    response.headers.push_back({"WWW-Authenticate", "Bearer realm=\"authzd\""});
  }
  add_security_headers(response);
  const std::string name = route == nullptr ? "other" : std::string(route->path);
  ++requests_[{name, response.status}];
  return response;
}

/// A browser gets a page, as everywhere on the console.
HttpResponse StatusSite::no_such_page(const HttpRequest& request, Caller caller) const {
  if (!wants_html(request)) return text_page(404, "there is no such page");
  const bool has_session = caller == Caller::remote && SignIn::has_session(request);
  const console::Frame frame{parts_.version, parts_.clock.now(), has_session};
  HttpResponse response =
      html_page(console::message_page(frame, "There is no such page", "Nothing has this address."));
  response.status = 404;
  return response;
}

HttpResponse StatusSite::answer_route(const Route& route,
                                      const HttpRequest& request,
                                      const Target& target,
                                      Caller caller) {
  if (!is_allowed(route, request.method)) {
    const std::string allowed(allowed_methods(route));
    HttpResponse response =
        refusal(route, 405, {ErrorCode::rejected, "this page answers " + allowed + " only"});
    response.headers.push_back({"Allow", allowed});
    return response;
  }
  if (route.page == Page::hook) return take_hook(route, request);
  const bool has_session = caller == Caller::remote && SignIn::has_session(request);
  const console::Frame frame{parts_.version, parts_.clock.now(), has_session};
  if (route.page == Page::sign_in || route.page == Page::sign_out) {
    return answer_sign_in(route, request, frame);
  }
  if (!route.is_guarded || caller == Caller::local) return show(route, target, frame);
  const auto opened = sign_in_.admit(request);
  return opened ? show(route, target, frame) : refuse(route, request, opened.error(), frame);
}

HttpResponse StatusSite::answer_sign_in(const Route& route,
                                        const HttpRequest& request,
                                        const console::Frame& frame) {
  if (request.method != "POST") return sign_in_.show(request, frame);
  return route.page == Page::sign_in ? sign_in_.sign_in(request, frame)
                                     : sign_in_.sign_out(request, frame);
}

/// A browser at a page of the console gets the form, with the page as where to go after it.
HttpResponse StatusSite::refuse(const Route& route,
                                const HttpRequest& request,
                                const Error& error,
                                const console::Frame& frame) {
  const int status = status_of(error.code);
  if (!ConsoleSite::is_page(route.page) || !wants_html(request)) {
    return refusal(route, status, error);
  }
  HttpResponse response =
      status == 401
          ? html_page(console::sign_in_page(frame, {local_path(request.target), ""}))
          : html_page(console::message_page(frame, "The console is closed", error.message));
  response.status = status;
  return response;
}

/// Anyone who reaches the port can trigger these; they must not fill the log.
void StatusSite::warn(LogLimiter& limiter,
                      std::string_view message,
                      std::initializer_list<LogField> fields) {
  const auto left_out = limiter.admit(parts_.clock.ticks());
  if (!left_out) return;
  Log log = parts_.log;
  if (*left_out > 0) log = log.with("left_out_since_the_last", std::to_string(*left_out));
  log.warning(message, fields);
}

HttpResponse StatusSite::take_hook(const Route& route, const HttpRequest& request) {
  if (!parts_.admit_hook) {
    return refusal(route, 403, not_set_up("admin.hookSecretFile", "no hook is taken"));
  }
  if (find_header(request.headers, route.signature).empty()) {
    return refusal(
        route,
        400,
        {ErrorCode::rejected, "this hook needs the header " + std::string(route.signature)});
  }
  const auto admitted = parts_.admit_hook(request);
  if (!admitted) {
    const Error& error = admitted.error();
    warn(refused_hooks_,
         "a hook was refused",
         {{"hook", std::string(route.path)}, {"error", to_string(error)}});
    if (error.code == ErrorCode::invalid_config) {
      return refusal(route,
                     503,
                     {ErrorCode::unavailable,
                      "admin.hookSecretFile cannot be used; the log of authzd says why"});
    }
    // Not 401, which requests an Authorization that no hook sends.
    const bool is_wrong = error.code == ErrorCode::unauthenticated;
    return refusal(route, is_wrong ? 403 : status_of(error.code), error);
  }
  parts_.log.info("a hook starts a cycle", {{"hook", std::string(route.path)}});
  parts_.board.poke();
  return text_page(202, "a cycle of each account starts");
}

HttpResponse StatusSite::show(const Route& route,
                              const Target& target,
                              const console::Frame& frame) {
  if (ConsoleSite::is_page(route.page)) return console_.show(route, target, frame);
  switch (route.page) {
    case Page::style:
    case Page::script:
    case Page::icon: return ConsoleSite::asset(route.page, target);
    case Page::status: return status();
    case Page::metrics: return metrics();
    case Page::readiness: return readiness();
    case Page::health: return text_page(200, "alive");
    default: break;
  }
  auto accounts = parts_.board.accounts();
  if (const auto wanted = query_value(target.query, "account")) {
    std::erase_if(accounts, [&](const AccountView& view) {
      return view.status.name != *wanted && view.status.id.value != to_lower(*wanted);
    });
    if (accounts.empty()) {
      const std::string message = "there is no account " + printable(*wanted);
      return refusal(route, 404, {ErrorCode::not_found, message});
    }
  }
  if (route.page == Page::grants) return grants(route, accounts, target);
  return route.page == Page::plan ? plan(accounts) : runs(accounts, target);
}

HttpResponse StatusSite::status() const {
  return json_page(status_json(status_of(parts_.board)));
}

HttpResponse StatusSite::metrics() const {
  return metrics_page(metrics_text({parts_.version,
                                    parts_.board.accounts(),
                                    parts_.cycles,
                                    requests_,
                                    parts_.board.git_requests(),
                                    parts_.board.refused_reload().has_value(),
                                    read_process_facts(),
                                    parts_.board.rollout()}));
}

HttpResponse StatusSite::readiness() const {
  if (parts_.board.is_ready()) return text_page(200, "ready");
  return text_page(503, "not ready: not every account's first cycle has ended");
}

HttpResponse StatusSite::plan(const std::vector<AccountView>& accounts) const {
  std::vector<PlanDocument> documents;
  for (const AccountView& view : accounts) {
    if (auto document = parts_.board.plan(view.status.id))
      documents.push_back(*std::move(document));
  }
  return json_page(plans_json(documents));
}

HttpResponse StatusSite::grants(const Route& route,
                                const std::vector<AccountView>& accounts,
                                const Target& target) const {
  const std::string name(last_segment(target.path));
  std::vector<NamedStanding> standings = parts_.board.standings(name);
  std::erase_if(standings, [&accounts](const NamedStanding& one) {
    return std::ranges::none_of(
        accounts, [&one](const AccountView& view) { return view.status.id == one.account; });
  });
  if (!standings.empty()) return json_page(standing_json(name, standings));
  // Only with a token does a cycle keep them: it takes time in each.
  const Error error{ErrorCode::not_found,
                    parts_.token
                        ? "no manifest of the last cycle has an authorization " + quote(name)
                        : "without admin.tokenFile the daemon does not keep how grants "
                          "stand; 'authzd wait NAME' reads IAM"};
  return refusal(route, 404, error);
}

HttpResponse StatusSite::runs(const std::vector<AccountView>& accounts,
                              const Target& target) const {
  std::vector<AccountId> ids;
  for (const AccountView& view : accounts) ids.push_back(view.status.id);
  auto document = parts_.board.runs_json(ids, wanted_runs(target));
  if (document) return json_page(*std::move(document));
  parts_.log.error("the runs cannot be read", {{"error", to_string(document.error())}});
  const Error error{ErrorCode::unavailable, "the state cannot be read; the log says why"};
  return refusal(*find_route(target.path), 503, error);
}

}  // namespace authzd
