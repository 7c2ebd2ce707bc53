// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/routes.hpp"

#include <algorithm>
#include <charconv>

namespace authzd {
namespace {

std::optional<char> escaped_char(std::string_view digits) {
  unsigned value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, failed] = std::from_chars(digits.data(), end, value, 16);
  if (digits.size() != 2 || failed != std::errc{} || stop != end) return std::nullopt;
  return static_cast<char>(value);
}

std::string decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escaped = text[i] == '%' ? escaped_char(text.substr(i + 1, 2)) : std::nullopt;
    if (escaped) {
      decoded += *escaped;
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace

std::string_view allowed_methods(const Route& route) {
  switch (route.page) {
    case Page::hook:
    case Page::sign_out: return "POST";
    case Page::sign_in: return "GET, HEAD, POST";
    default: return "GET, HEAD";
  }
}

bool is_allowed(const Route& route, std::string_view method) {
  if (method == "POST") return allowed_methods(route).ends_with("POST");
  return (method == "GET" || method == "HEAD") && allowed_methods(route).starts_with("GET");
}

Target split_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {std::string(target), {}};
  return {std::string(target.substr(0, mark)), std::string(target.substr(mark + 1))};
}

const Route* find_route(std::string_view path) {
  const auto leads_to = [path](const Route& route) {
    if (!route.path.ends_with(kNameSegment)) return route.path == path;
    const auto folder = route.path.substr(0, route.path.size() - kNameSegment.size());
    return path.size() > folder.size() && path.starts_with(folder) &&
           last_segment(path).size() == path.size() - folder.size();
  };
  const auto* const found = std::ranges::find_if(kRoutes, leads_to);
  return found == kRoutes.end() ? nullptr : found;
}

std::string_view last_segment(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (decode(pair.substr(0, equals)) != name) continue;
    return decode(pair.substr(std::min(equals + 1, pair.size())));
  }
  return std::nullopt;
}

}  // namespace authzd
