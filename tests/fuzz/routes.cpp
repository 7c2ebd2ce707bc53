// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the listener makes of a request's target and its Authorization: a line each.
#include "daemon/http/routes.hpp"

#include "daemon/http/bearer.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

const Secret kToken{"0123456789abcdef0123456789abcdef"};

void check_token(std::string_view value) {
  const HttpHeaders headers{{"Authorization", std::string(value)}};
  constexpr std::string_view kScheme = "bearer ";
  const bool is_right = to_lower(value.substr(0, kScheme.size())) == kScheme &&
                        trim(value.substr(kScheme.size())) == kToken.reveal();
  promise(has_bearer_token(headers, kToken) == is_right,
          "who knows the token is let in, nobody else");
  const HttpHeaders both{headers.front(),
                         {"authorization", "Bearer " + std::string(kToken.reveal())}};
  promise(!has_bearer_token(both, kToken), "two tokens are none");
}

/// The same path, but for a placeholder in the place of its last segment.
bool is_of(const Route& route, std::string_view path) {
  const std::string_view name = last_segment(path);
  if (!route.path.ends_with(kNameSegment)) return route.path == path;
  return !name.empty() &&
         std::string(path.substr(0, path.size() - name.size())) + std::string(kNameSegment) ==
             route.path;
}

}  // namespace

void routes(std::string_view input) {
  const auto text = take_line(input);
  const Target target = split_target(text);
  promise(target.path.find('?') == std::string::npos, "a path has no query");
  promise(text.starts_with(target.path), "a path is the front of its target");
  const Route* route = find_route(target.path);
  promise(route == nullptr || is_of(*route, target.path), "a route is that of its path");

  const auto value = query_value(target.query, "limit");
  promise(!value || value->size() <= target.query.size(), "a value is no longer than its query");
  const std::string query =
      "other=1&" + percent_encoded(text) + "=" + percent_encoded(target.query);
  const bool is_other = text == "other";
  promise(is_other || query_value(query, text) == target.query, "what is encoded is decoded again");
  check_token(take_line(input));
}

}  // namespace authzd::fuzz
