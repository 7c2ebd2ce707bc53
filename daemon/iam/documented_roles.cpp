// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/documented_roles.hpp"

#include "daemon/data/data.hpp"
#include "daemon/iam/json_reader.hpp"

#include <algorithm>
#include <limits>

namespace authzd {
namespace {

/// "databases-for-*" means every such service.
bool is_named(std::string_view service, std::string_view documented) {
  if (!documented.ends_with('*')) return service == documented;
  documented.remove_suffix(1);
  return service.starts_with(documented);
}

/// What a side names beyond its service.
std::size_t narrowness(const Json& side) {
  const Json* attributes = find_member(side, "attributes");
  return (attributes == nullptr ? 0 : attributes->size()) +
         (find_member(side, "resourceType") == nullptr ? 0U : 1U) +
         (find_member(side, "account") == nullptr ? 0U : 1U);
}

}  // namespace

std::vector<std::string> documented_roles(std::string_view source, std::string_view target) {
  static const Json kAll = parse_json(kPairs).value_or(Json::array());
  std::vector<std::string> roles;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const Json& pair : kAll) {
    const Json& from = pair.at("source");
    const Json& to = pair.at("target");
    const bool fits = is_named(source, text_or_empty(from, "service")) &&
                      is_named(target, text_or_empty(to, "service"));
    const std::size_t width = narrowness(from) + narrowness(to);
    if (!fits || width >= least) continue;
    least = width;
    roles = pair.at("roles").get<std::vector<std::string>>();
  }
  std::ranges::sort(roles);
  return roles;
}

}  // namespace authzd
