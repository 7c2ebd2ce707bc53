// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/policy.hpp"

#include <algorithm>

namespace authzd::sandbox {
namespace {

std::string side_key(const std::vector<Attr>& attrs) {
  std::vector<std::string> parts;
  for (const Attr& attr : attrs) {
    Json value = attr.value;
    if (value.is_array()) std::sort(value.begin(), value.end());
    parts.push_back(dump(Json::array({attr.name, operator_of(attr), value})));
  }
  std::sort(parts.begin(), parts.end());
  return dump(Json(parts));
}

}  // namespace

const Attr* find_attr(const std::vector<Attr>& attrs, std::string_view name) {
  const auto found =
      std::find_if(attrs.begin(), attrs.end(), [&](const Attr& attr) { return attr.name == name; });
  return found == attrs.end() ? nullptr : &*found;
}

std::string attr_text(const std::vector<Attr>& attrs, std::string_view name) {
  const Attr* found = find_attr(attrs, name);
  return found != nullptr && found->value.is_string() ? found->value.get<std::string>()
                                                      : std::string();
}

std::string duplicate_key(const PolicyBody& body) {
  std::string key = body.type + side_key(body.subject) + side_key(body.resource);
  // Access policies also differ by parts that authorizations lack.
  if (!body.tags.empty()) key += side_key(body.tags);
  if (!body.rule.is_null()) key += dump(body.rule);
  return key;
}

}  // namespace authzd::sandbox
