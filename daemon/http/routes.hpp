// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The routes of the listener. A test compares this table with daemon/http/openapi.yaml.
#pragma once

#include "daemon/net/http.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

enum class Page {
  home,  // these seven, and the sign-in, are the console
  account,
  run_list,
  run,
  reach,
  policy,
  history,
  sign_in,
  sign_out,
  style,
  script,
  icon,
  status,
  plan,
  runs,
  grants,
  metrics,
  health,
  readiness,
  hook,
};

struct Route {
  std::string_view path;
  Page page = Page::home;
  bool is_guarded = false;          // needs the token, or a session
  std::string_view signature = {};  // for a hook: the header with the sender's proof
};

inline constexpr std::array<Route, 22> kRoutes{
    {{"/", Page::home, true},
     {"/accounts/{name}", Page::account, true},
     {"/runs", Page::run_list, true},
     {"/runs/{name}", Page::run, true},
     {"/reach", Page::reach, true},
     {"/policies/{name}", Page::policy, true},
     {"/history", Page::history, true},
     {"/sign-in", Page::sign_in},
     {"/sign-out", Page::sign_out},
     {"/assets/console.css", Page::style},
     {"/assets/console.js", Page::script},
     {"/assets/console.svg", Page::icon},
     {"/api/v1/status", Page::status, true},
     {"/api/v1/plan", Page::plan, true},
     {"/api/v1/runs", Page::runs, true},
     {"/api/v1/grants/{name}", Page::grants, true},
     {"/metrics", Page::metrics},
     {"/healthz", Page::health},
     {"/readyz", Page::readiness},
     {"/hook/github", Page::hook, false, "X-Hub-Signature-256"},
     {"/hook/gitlab", Page::hook, false, "X-Gitlab-Token"},
     {"/hook/generic", Page::hook, false, "X-Authzd-Signature"}}};

/// The methods of a route, in the form of the header Allow.
std::string_view allowed_methods(const Route& route);
bool is_allowed(const Route& route, std::string_view method);

/// A parsed request target.
struct Target {
  std::string path;
  std::string query;  // without '?'
};
Target split_target(std::string_view target);

/// A placeholder in a route's path for any one segment.
inline constexpr std::string_view kNameSegment = "{name}";

/// The route of a path; null if there is none.
const Route* find_route(std::string_view path);

/// The last segment of a path.
std::string_view last_segment(std::string_view path);

/// The decoded value of a query parameter; the first, if it is given twice. A broken escape is kept
/// unchanged.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace authzd
