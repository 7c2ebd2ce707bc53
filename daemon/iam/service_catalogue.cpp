// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/service_catalogue.hpp"

#include "daemon/data/data.hpp"
#include "daemon/iam/json_reader.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kPlatform = "crn:v1:bluemix:public:iam::::role:";
/// The service roles that do not belong to one service.
constexpr std::array<std::string_view, 3> kGeneric{"Reader", "Writer", "Manager"};
/// How the file marks a service that is only a source; its label precedes it.
constexpr std::string_view kSourceOnly = ": a source only";

using Roles = std::set<Role>;

/// "is" of "is.share": the roles of a part of a service have the service's name.
std::string_view owner_of(std::string_view service) {
  return service.substr(0, service.find('.'));
}

class Published {
 public:
  Published() {
    const Json data = parse_json(kServiceRoles).value_or(Json::object());
    for (const char* part : {"services", "elsewhere"}) {
      for (const auto& [service, entry] : data.at(part).items()) {
        add_service(service, entry, data.at("crns"));
      }
    }
    for (const Json& pair : parse_json(kPairs).value_or(Json::array())) {
      for (const char* side : {"source", "target"}) {
        const std::string service = text_or_empty(pair.at(side), "service");
        if (!service.empty() && !service.ends_with('*')) names_.add(service, {});
      }
    }
    for (const auto& [name, count] : platform_counts_) {
      if (count == tables_) common_.insert(platform_role(name));
    }
    for (const std::string_view name : kGeneric) common_.insert(service_role("iam", name));
    for (const auto& [service, _] : services_) {
      for (const Role& role : of({{}, service})) {
        names_.add_role(service, role.display_name, last_part(role.crn));
      }
    }
  }

  [[nodiscard]] const ServiceNames& names() const { return names_; }

  [[nodiscard]] std::vector<Role> of(const RoleQuery& pair) const {
    Roles roles = common_;
    roles.insert(delegator_.begin(), delegator_.end());
    const std::string prefix = to_lower(pair.target_group) + "-";
    for (const auto& [service, own] : services_) {
      const bool is_meant =
          pair.target_group.empty() ? service == pair.target_service : service.starts_with(prefix);
      if (is_meant) roles.insert(own.begin(), own.end());
    }
    return {roles.begin(), roles.end()};
  }

 private:
  static Role platform_role(std::string_view name) {
    return {std::string(kPlatform) + without_blanks(name), std::string(name)};
  }

  static Role service_role(std::string_view service, std::string_view name) {
    return {
        "crn:v1:bluemix:public:" + std::string(service) + "::::serviceRole:" + without_blanks(name),
        std::string(name)};
  }

  static std::string without_blanks(std::string_view name) {
    std::string text(name);
    std::erase(text, ' ');
    return text;
  }

  void add_service(const std::string& service, const Json& entry, const Json& crns) {
    std::string label = text_or_empty(entry, "title");
    const std::string source = text_or_empty(entry, "source");
    if (const auto end = source.find(kSourceOnly); end != std::string::npos) {
      label = source.substr(0, end);
    }
    names_.add(service, label);
    Roles own;
    if (const Json* names = find_member(entry, "platform")) {
      tables_ += text_or_empty(entry, "title").empty() || names->empty() ? 0U : 1U;
      for (const Json& name : *names) {
        const auto text = name.get<std::string>();
        if (text == kAuthorizationDelegator) {
          delegator_.insert({text_or_empty(crns.at("*"), text), text});
          continue;
        }
        if (find_member(entry, "title") != nullptr) ++platform_counts_[text];
        own.insert(platform_role(text));
      }
    }
    if (const Json* names = find_member(entry, "service")) {
      for (const Json& name : *names) add_service_role(service, name.get<std::string>(), crns, own);
    }
    services_[service].insert(own.begin(), own.end());
    services_[std::string(owner_of(service))].insert(own.begin(), own.end());
  }

  static void add_service_role(std::string_view service,
                               const std::string& name,
                               const Json& crns,
                               Roles& own) {
    if (name == "null") return;  // IBM's page has rows without a name
    const std::string_view owner = owner_of(service);
    const bool is_generic = std::ranges::find(kGeneric, name) != kGeneric.end();
    Role role = service_role(is_generic ? "iam" : owner, name);
    if (const Json* published = find_member(crns, owner)) {
      if (std::string crn = text_or_empty(*published, name); !crn.empty()) role.crn = crn;
    }
    own.insert(std::move(role));
  }

  ServiceNames names_;
  std::map<std::string, Roles, std::less<>> services_;
  std::map<std::string, std::size_t> platform_counts_;
  std::size_t tables_ = 0;
  Roles common_;     // of every service
  Roles delegator_;  // documented for some pairs, but any may have it
};

const Published& published() {
  static const Published kAll;
  return kAll;
}

}  // namespace

const ServiceNames& known_services() {
  return published().names();
}

std::vector<Role> published_roles(const RoleQuery& pair) {
  return published().of(pair);
}

}  // namespace authzd
