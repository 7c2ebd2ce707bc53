// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/role_catalogue.hpp"

#include "daemon/data/data.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace authzd::sandbox {
namespace {

using Roles = std::vector<const RoleInfo*>;

constexpr std::string_view kPlatformCrn = "crn:v1:bluemix:public:iam::::role:";
constexpr std::string_view kDelegator = "Authorization Delegator";
/// The service roles that do not belong to one service (iam-api §4).
constexpr std::array<std::string_view, 3> kGenericRoles{"Reader", "Writer", "Manager"};
/// Roles whose CRN IBM's pages print in two forms (iam-api §12.5): a switch decides.
constexpr std::array<std::string_view, 3> kUndecidedRoles{
    "Share Broker", "Snapshot Remote Account Restorer", "Event Source Manager"};
constexpr std::string_view kGroup = "IAM";
constexpr std::string_view kGroupPrefix = "iam-";  // of the names of its services
/// IAM's name for looking up the roles of a target without a service (iam-api §3).
constexpr std::string_view kNoService = "resource-controller";

enum class Kind { platform, service };

template <class Names, class Name>
bool is_among(const Names& names, const Name& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string without_blanks(std::string_view name) {
  std::string text(name);
  std::erase(text, ' ');
  return text;
}

/// "is" of "is.share": the roles of a part of a service have the service's name.
std::string_view owner_of(std::string_view service) {
  return service.substr(0, service.find('.'));
}

void add(Roles& roles, const RoleInfo* role) {
  if (!is_among(roles, role)) roles.push_back(role);
}

bool fits(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

/// What every service with a table in IBM's page has.
std::vector<std::string> platform_roles_of_all(const Json& services) {
  std::map<std::string, std::size_t> counts;
  std::size_t tables = 0;
  for (const Json& entry : services) {
    if (entry.at("platform").empty()) continue;
    ++tables;
    for (const Json& name : entry.at("platform")) ++counts[name.get<std::string>()];
  }
  std::vector<std::string> names;
  for (const auto& [name, count] : counts) {
    if (count == tables) names.push_back(name);
  }
  return names;
}

class Catalogue {
 public:
  Catalogue() {
    const Json data = Json::parse(kServiceRoles);
    crns_ = data.at("crns");
    for (const std::string& name : platform_roles_of_all(data.at("services"))) {
      add(common_, role("", name, Kind::platform));
    }
    for (const std::string_view name : kGenericRoles) {
      add(common_, role("", std::string(name), Kind::service));
    }
    for (const char* part : {"services", "elsewhere"}) {
      for (const auto& [service, entry] : data.at(part).items()) add_service(service, entry);
    }
    for (const Json& pair : Json::parse(kPairs)) add_pair(pair);
  }

  [[nodiscard]] PairRoles of_pair(std::string_view source, std::string_view target) const {
    PairRoles found;
    for (const Pair& pair : pairs_) {
      if (pair.target != target || !(source.empty() || fits(pair.source, source))) continue;
      found.is_documented = true;
      for (const RoleInfo* role : pair.roles) add(found.roles, role);
    }
    if (found.is_documented) return found;
    if (target == kGroup) return {of_group()};
    if (source.empty() || services_.contains(source)) found.roles = of_target(target);
    return found;
  }

  [[nodiscard]] Roles of_service(std::string_view service) const {
    Roles roles = common_;
    for (const RoleInfo* role : of_target(service)) {
      if (role->display_name != kDelegator) add(roles, role);
    }
    return roles;
  }

  [[nodiscard]] Roles of_group() const {
    Roles roles = common_;
    for (const auto& [service, own] : services_) {
      if (!service.starts_with(kGroupPrefix)) continue;
      for (const RoleInfo* role : own) add(roles, role);
    }
    return roles;
  }

  [[nodiscard]] const RoleInfo* find(std::string_view crn, CrnStyle style) const {
    const auto& by_crn = style == CrnStyle::platform ? by_platform_crn_ : by_crn_;
    const auto found = by_crn.find(crn);
    return found == by_crn.end() ? nullptr : found->second;
  }

 private:
  struct Pair {
    std::string source;  // a final '*' matches any rest
    std::string target;
    Roles roles;
  };

  /// A service without a table in IBM's page has at least what every service has.
  [[nodiscard]] Roles of_target(std::string_view target) const {
    const auto known = services_.find(target);
    if (known == services_.end()) return {};
    return known->second.empty() ? common_ : known->second;
  }

  [[nodiscard]] std::string crn_by_rule(std::string_view service,
                                        const std::string& name,
                                        Kind kind) const {
    for (const std::string_view owner : {owner_of(service), std::string_view("*")}) {
      const Json* published = member(crns_, owner);
      std::string crn = published == nullptr ? std::string() : text_of(*published, name);
      if (!crn.empty()) return crn;
    }
    if (kind == Kind::platform) return std::string(kPlatformCrn) + without_blanks(name);
    const bool is_generic = is_among(kGenericRoles, name);
    return "crn:v1:bluemix:public:" + std::string(is_generic ? "iam" : owner_of(service)) +
           "::::serviceRole:" + without_blanks(name);
  }

  const RoleInfo* role(std::string_view service, const std::string& name, Kind kind) {
    std::string crn = crn_by_rule(service, name, kind);
    const auto [at, is_new] = roles_.try_emplace(crn);
    RoleInfo& info = at->second;
    if (!is_new) return &info;
    info = {std::move(crn), name, "What IBM documents of the role " + name + "."};
    if (is_among(kUndecidedRoles, name)) {
      info.platform_crn = std::string(kPlatformCrn) + without_blanks(name);
    }
    by_crn_.emplace(info.crn, &info);
    by_platform_crn_.emplace(crn_of(info, CrnStyle::platform), &info);
    return &info;
  }

  void add_service(const std::string& service, const Json& entry) {
    Roles& own = services_[service];
    Roles& owner = services_[std::string(owner_of(service))];
    for (const auto& [member_name, kind] :
         {std::pair("platform", Kind::platform), std::pair("service", Kind::service)}) {
      const Json* names = member(entry, member_name);
      if (names == nullptr) continue;
      for (const Json& name : *names) {
        const auto text = name.get<std::string>();
        if (text == "null") continue;  // IBM's page has rows without a name
        const RoleInfo* known = role(service, text, kind);
        add(own, known);
        add(owner, known);
      }
    }
  }

  void add_pair(const Json& json) {
    Pair pair{text_of(json.at("source"), "service"), text_of(json.at("target"), "service"), {}};
    if (pair.target.empty()) pair.target = kNoService;
    for (const Json& name : json.at("roles")) {
      pair.roles.push_back(named(pair.target, name.get<std::string>()));
    }
    if (json.value("delegate", false))
      pair.roles.push_back(named(pair.target, std::string(kDelegator)));
    services_[pair.target];
    if (!pair.source.ends_with('*')) services_[pair.source];
    pairs_.push_back(std::move(pair));
  }

  /// The role from the target's table; a pair only has the role's name.
  const RoleInfo* named(const std::string& target, const std::string& name) {
    for (const Roles& roles : {services_[target], common_}) {
      const auto found = std::find_if(roles.begin(), roles.end(), [&](const RoleInfo* each) {
        return each->display_name == name;
      });
      if (found != roles.end()) return *found;
    }
    return role(target, name, name == kDelegator ? Kind::platform : Kind::service);
  }

  Json crns_;
  std::map<std::string, RoleInfo, std::less<>> roles_;  // by CRN
  std::map<std::string_view, const RoleInfo*> by_crn_;
  std::map<std::string_view, const RoleInfo*> by_platform_crn_;
  std::map<std::string, Roles, std::less<>> services_;
  Roles common_;
  std::vector<Pair> pairs_;
};

const Catalogue& catalogue() {
  static const Catalogue kOne;
  return kOne;
}

}  // namespace

const std::string& crn_of(const RoleInfo& role, CrnStyle style) {
  return style == CrnStyle::platform && !role.platform_crn.empty() ? role.platform_crn : role.crn;
}

bool is_system_role(const RoleInfo& role, CrnStyle style) {
  return crn_of(role, style).find("::::role:") != std::string_view::npos;
}

PairRoles roles_of_pair(std::string_view source, std::string_view target) {
  return catalogue().of_pair(source, target);
}

std::vector<const RoleInfo*> roles_of_service(std::string_view service) {
  return catalogue().of_service(service);
}

std::vector<const RoleInfo*> roles_of_group(std::string_view group) {
  return group == kGroup ? catalogue().of_group() : Roles();
}

const RoleInfo* find_role(std::string_view crn, CrnStyle style) {
  return catalogue().find(crn, style);
}

Json role_json(const RoleInfo& role, CrnStyle style) {
  const std::string_view crn = crn_of(role, style);
  return {{"display_name", role.display_name},
          {"description", role.description},
          {"actions", {"sandbox.role." + to_lower(crn.substr(crn.rfind(':') + 1))}},
          {"crn", crn}};
}

}  // namespace authzd::sandbox
