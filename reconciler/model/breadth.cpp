// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/breadth.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

/// Attributes that resources of every service have, so that requiring their presence limits
/// nothing. An attribute of one service, such as volumeId, is not among them: only that service's
/// resources have it.
constexpr std::array<std::string_view, 8> kGeneral{"serviceName",
                                                   "serviceInstance",
                                                   "serviceType",
                                                   "service_group_id",
                                                   "region",
                                                   "resourceGroupId",
                                                   "resourceType",
                                                   "resource"};

/// It consists of wildcards only. This counts for every operator: it is unknown whether IAM takes a
/// '*' under equality literally (iam-api §5).
bool fits_everything(const std::string& text) {
  return text.find_first_not_of("*?") == std::string::npos;
}

//   attribute                                      | limits
//   -----------------------------------------------+--------
//   accountId, serviceType                         | no
//   stringExists true, of a general attribute      | no
//   stringExists true, of a service's own          | yes
//   stringExists false                             | no
//   a text, or any of a list, of wildcards alone   | no
//   any other text or list                         | yes
bool limits(const Attribute& attribute) {
  if (attribute.name == "accountId" || attribute.name == "serviceType") return false;
  if (const auto* exists = std::get_if<bool>(&attribute.value)) {
    return *exists && std::ranges::find(kGeneral, attribute.name) == kGeneral.end();
  }
  if (const auto* text = std::get_if<std::string>(&attribute.value)) return !fits_everything(*text);
  return std::ranges::none_of(std::get<std::vector<std::string>>(attribute.value), fits_everything);
}

}  // namespace

bool is_limited(const AttributeSet& side) {
  return std::ranges::any_of(side.items(), limits);
}

}  // namespace authzd
