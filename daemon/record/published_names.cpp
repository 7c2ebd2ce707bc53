// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/record/published_names.hpp"

#include "daemon/data/data.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace authzd {
namespace {

using Json = nlohmann::json;

void add_crns(const Json& roles, PublishedNames& names) {
  for (const auto& [role, crn] : roles.items()) {
    if (crn.is_string()) names.role_crns.insert(crn.get<std::string>());
  }
}

void add_service(const std::string& service, const Json& entry, PublishedNames& names) {
  names.services.insert(service);
  // "is.share" is a part of "is", which is what policies name.
  names.services.insert(service.substr(0, service.find('.')));
  for (const char* group : {"platform", "service"}) {
    if (!entry.contains(group)) continue;
    for (const Json& role : entry.at(group)) {
      const auto name = role.get<std::string>();
      std::string word = name;
      std::erase(word, ' ');
      names.roles.insert(name);
      const std::string owner = service.substr(0, service.find('.'));
      names.role_crns.insert("crn:v1:bluemix:public:" + owner + "::::serviceRole:" + word);
      names.role_crns.insert("crn:v1:bluemix:public:iam::::serviceRole:" + word);
      names.role_crns.insert("crn:v1:bluemix:public:iam::::role:" + word);
    }
  }
}

}  // namespace

PublishedNames published_names() {
  PublishedNames names;
  const Json data = Json::parse(kServiceRoles, nullptr, false);
  for (const char* part : {"services", "elsewhere"}) {
    for (const auto& [service, entry] : data.at(part).items()) add_service(service, entry, names);
  }
  for (const auto& [service, roles] : data.at("crns").items()) add_crns(roles, names);
  for (const Json& pair : Json::parse(kPairs, nullptr, false)) {
    for (const char* side : {"source", "target"}) {
      const Json& place = pair.at(side);
      if (place.contains("service")) names.services.insert(place.at("service").get<std::string>());
    }
  }
  names.services.erase("");
  return names;
}

}  // namespace authzd
