// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/role_catalogue.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace authzd::sandbox {
namespace {

constexpr std::string_view kReads =
    "As a reader, you can perform read-only actions within a service such as viewing "
    "service-specific resources.";
constexpr std::string_view kWrites =
    "As a writer, you have permissions beyond the reader role, including creating and editing "
    "service-specific resources.";
constexpr std::string_view kManages =
    "As a manager, you have permissions beyond the writer role to complete privileged actions as "
    "defined by the service.";
constexpr std::string_view kViews = "As a viewer, you can view service instances.";
constexpr std::string_view kOperates =
    "As an operator, you can perform platform actions required to configure and operate service "
    "instances.";
constexpr std::string_view kEdits =
    "As an editor, you can perform all platform actions except for managing the account and "
    "assigning access policies.";
constexpr std::string_view kAdministers =
    "As an administrator, you can perform all platform actions based on the resource this role is "
    "being assigned, including assigning access policies to other users.";

// The first seven are what every service has; find by key relies on no order.
constexpr std::array kRoles{
    RoleInfo{"Viewer", "crn:v1:bluemix:public:iam::::role:Viewer", "Viewer", kViews},
    RoleInfo{"Operator", "crn:v1:bluemix:public:iam::::role:Operator", "Operator", kOperates},
    RoleInfo{"Editor", "crn:v1:bluemix:public:iam::::role:Editor", "Editor", kEdits},
    RoleInfo{"Administrator",
             "crn:v1:bluemix:public:iam::::role:Administrator",
             "Administrator",
             kAdministers},
    RoleInfo{"Reader", "crn:v1:bluemix:public:iam::::serviceRole:Reader", "Reader", kReads},
    RoleInfo{"Writer", "crn:v1:bluemix:public:iam::::serviceRole:Writer", "Writer", kWrites},
    RoleInfo{"Manager", "crn:v1:bluemix:public:iam::::serviceRole:Manager", "Manager", kManages},
    RoleInfo{"Delegator",
             "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator",
             "Authorization Delegator",
             "Lets the source and its dependent services delegate."},
    RoleInfo{"kms:ReaderPlus",
             "crn:v1:bluemix:public:kms::::serviceRole:ReaderPlus",
             "ReaderPlus",
             "Reads keys and their material."},
    RoleInfo{"hs:ReaderPlus",
             "crn:v1:bluemix:public:hs-crypto::::serviceRole:ReaderPlus",
             "ReaderPlus",
             "Reads keys and their material."},
    RoleInfo{"is:DNS",
             "crn:v1:bluemix:public:is::::serviceRole:DNSBindingConnector",
             "DNS Binding Connector",
             "Binds a spoke VPC to a hub's DNS."},
    RoleInfo{"is:ShareSnapshot",
             "crn:v1:bluemix:public:is::::serviceRole:ShareSnapshotOperator",
             "Share Snapshot Operator",
             "Makes snapshots of file shares."},
    RoleInfo{"is:ShareBroker",
             "crn:v1:bluemix:public:is::::serviceRole:ShareBroker",
             "Share Broker",
             "Gives another account's share access.",
             "crn:v1:bluemix:public:iam::::role:ShareBroker"},
    RoleInfo{"is:Restorer",
             "crn:v1:bluemix:public:is::::serviceRole:SnapshotRemoteAccountRestorer",
             "Snapshot Remote Account Restorer",
             "Restores volumes from a shared snapshot.",
             "crn:v1:bluemix:public:iam::::role:SnapshotRemoteAccountRestorer"},
    RoleInfo{"is:VPNClient",
             "crn:v1:bluemix:public:is::::serviceRole:VPNClient",
             "VPN Client",
             "Connects to a VPN server."},
    RoleInfo{"en:Source",
             "crn:v1:bluemix:public:event-notifications::::serviceRole:EventSourceManager",
             "Event Source Manager",
             "Registers sources of events.",
             "crn:v1:bluemix:public:iam::::role:EventSourceManager"},
    RoleInfo{"sm:SecretsReader",
             "crn:v1:bluemix:public:secrets-manager::::serviceRole:SecretsReader",
             "SecretsReader",
             "Reads secrets and their content."},
    RoleInfo{"logs:Sender",
             "crn:v1:bluemix:public:logs::::serviceRole:Sender",
             "Sender",
             "Sends logs to an instance."},
    RoleInfo{"cos:ObjectWriter",
             "crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectWriter",
             "Object Writer",
             "Writes objects to a bucket."},
    RoleInfo{"cos:ObjectReader",
             "crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectReader",
             "Object Reader",
             "Reads objects of a bucket."},
    RoleInfo{"cos:ContentReader",
             "crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ContentReader",
             "Content Reader",
             "Lists and reads objects of a bucket."},
    RoleInfo{"cos:Notifications",
             "crn:v1:bluemix:public:cloud-object-storage::::serviceRole:NotificationsManager",
             "Notifications Manager",
             "Manages the notifications of a bucket."},
    RoleInfo{"cos:Backup",
             "crn:v1:bluemix:public:cloud-object-storage::::serviceRole:BackupManager",
             "Backup Manager",
             "Backs buckets up to a vault."},
    RoleInfo{"id:ServiceIdCreator",
             "crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator",
             "ServiceIdCreator",
             "Makes service ids."},
    RoleInfo{"groups:MemberManage",
             "crn:v1:bluemix:public:iam-groups::::serviceRole:MemberManage",
             "MemberManage",
             "Manages the members of access groups."},
    RoleInfo{"app:Reporter",
             "crn:v1:bluemix:public:apprapp::::serviceRole:ConfigurationUpdateReporter",
             "Configuration Update Reporter",
             "Reports changes of configurations."},
    RoleInfo{"sysdig:Publisher",
             "crn:v1:bluemix:public:sysdig-monitor::::serviceRole:SupertenantMetricsPublisher",
             "Supertenant Metrics Publisher",
             "Publishes metrics of services."},
};
constexpr std::size_t kCommonRoles = 7;

struct Pair {
  std::string_view source;  // a final '*' stands for any rest
  std::string_view target;
  std::string_view roles;  // keys, with a blank between
};

constexpr std::array kPairs{
    Pair{"server-protect", "kms", "Reader Delegator"},
    Pair{"server-protect", "hs-crypto", "Reader Delegator"},
    Pair{"server-protect", "is", "is:Restorer"},
    Pair{"is", "kms", "Reader Delegator"},
    Pair{"is", "hs-crypto", "Reader Delegator"},
    Pair{"is",
         "is",
         "Viewer Operator Editor is:DNS is:ShareSnapshot is:ShareBroker is:Restorer is:VPNClient"},
    Pair{"is", "event-notifications", "en:Source"},
    Pair{"is", "cloud-object-storage", "Viewer Reader Writer"},
    Pair{"is", "secrets-manager", "Writer sm:SecretsReader"},
    Pair{"is", "globalcatalog-collection", "Viewer"},
    Pair{"cloud-object-storage", "kms", "Reader"},
    Pair{"cloud-object-storage", "hs-crypto", "Reader"},
    Pair{"cloud-object-storage", "cloud-object-storage", "Writer cos:Backup"},
    Pair{"databases-for-*", "kms", "Reader Delegator"},
    Pair{"databases-for-*", "hs-crypto", "Reader Delegator"},
    Pair{"messages-for-rabbitmq", "kms", "Reader Delegator"},
    Pair{"messages-for-rabbitmq", "hs-crypto", "Reader Delegator"},
    Pair{"containers-kubernetes", "kms", "Reader Delegator"},
    Pair{"containers-kubernetes", "hs-crypto", "Reader Delegator"},
    Pair{"messagehub", "kms", "Reader Delegator"},
    Pair{"messagehub", "hs-crypto", "Reader Delegator"},
    Pair{"schematics", "kms", "Reader"},
    Pair{"schematics", "hs-crypto", "Reader"},
    Pair{"atracker", "cloud-object-storage", "cos:ObjectWriter"},
    Pair{"atracker", "logs", "logs:Sender"},
    Pair{"atracker", "messagehub", "Writer"},
    Pair{"atracker", "apprapp", "app:Reporter"},
    Pair{"logs", "cloud-object-storage", "Writer"},
    Pair{"logs", "event-notifications", "en:Source Viewer Reader"},
    Pair{"logs", "messagehub", "Writer"},
    Pair{"logs-router", "logs", "logs:Sender"},
    Pair{"metrics-router", "sysdig-monitor", "sysdig:Publisher"},
    Pair{"secrets-manager", "iam-identity", "Operator id:ServiceIdCreator"},
    Pair{"secrets-manager", "iam-groups", "groups:MemberManage"},
    Pair{"secrets-manager", "event-notifications", "en:Source"},
    Pair{"codeengine", "cloud-object-storage", "cos:Notifications"},
    Pair{"event-notifications", "codeengine", "Writer Viewer"},
    Pair{"event-notifications", "cloud-object-storage", "Reader cos:ObjectWriter"},
    Pair{"toolchain", "kms", "Viewer kms:ReaderPlus"},
    Pair{"toolchain", "event-notifications", "Reader en:Source"},
    Pair{"toolchain", "secrets-manager", "Viewer sm:SecretsReader"},
    Pair{"billing", "cloud-object-storage", "cos:ObjectWriter cos:ContentReader"},
    Pair{"privileged-access-gateway", "cloud-object-storage", "cos:ObjectWriter"},
    Pair{"project", "resource-controller", "Viewer"},
    Pair{"compliance", "cloud-object-storage", "Writer"},
};

bool fits(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

const RoleInfo* by_key(std::string_view key) {
  const auto found = std::find_if(
      kRoles.begin(), kRoles.end(), [&](const RoleInfo& role) { return role.key == key; });
  return found == kRoles.end() ? nullptr : &*found;
}

void add_keys(std::string_view keys, std::vector<const RoleInfo*>& roles) {
  while (!keys.empty()) {
    const auto blank = std::min(keys.find(' '), keys.size());
    const RoleInfo* role = by_key(keys.substr(0, blank));
    if (role != nullptr && std::find(roles.begin(), roles.end(), role) == roles.end()) {
      roles.push_back(role);
    }
    keys.remove_prefix(std::min(blank + 1, keys.size()));
  }
}

std::vector<const RoleInfo*> common_roles() {
  std::vector<const RoleInfo*> roles;
  for (const RoleInfo& role : std::span(kRoles).first(kCommonRoles)) roles.push_back(&role);
  return roles;
}

/// Those that the service defines itself.
void add_own_roles(std::string_view service, std::vector<const RoleInfo*>& roles) {
  const std::string own = ":" + std::string(service) + "::::";
  for (const RoleInfo& role : kRoles) {
    if (role.crn.find(own) != std::string_view::npos) roles.push_back(&role);
  }
}

}  // namespace

std::string_view crn_of(const RoleInfo& role, CrnStyle style) {
  return style == CrnStyle::platform && !role.platform_crn.empty() ? role.platform_crn : role.crn;
}

bool is_system_role(const RoleInfo& role, CrnStyle style) {
  return crn_of(role, style).find("::::role:") != std::string_view::npos;
}

std::vector<const RoleInfo*> roles_of_pair(std::string_view source, std::string_view target) {
  std::vector<const RoleInfo*> roles;
  for (const Pair& pair : kPairs) {
    if (pair.target != target || !(source.empty() || fits(pair.source, source))) continue;
    add_keys(pair.roles, roles);
  }
  return roles;
}

std::vector<const RoleInfo*> roles_of_service(std::string_view service) {
  auto roles = common_roles();
  if (!service.empty()) add_own_roles(service, roles);
  return roles;
}

std::vector<const RoleInfo*> roles_of_group(std::string_view group) {
  if (group != "IAM") return {};
  auto roles = common_roles();
  for (const std::string_view service : {"iam-identity", "iam-groups"}) {
    add_own_roles(service, roles);
  }
  return roles;
}

const RoleInfo* find_role(std::string_view crn, CrnStyle style) {
  const auto found = std::find_if(kRoles.begin(), kRoles.end(), [&](const RoleInfo& role) {
    return crn_of(role, style) == crn;
  });
  return found == kRoles.end() ? nullptr : &*found;
}

Json role_json(const RoleInfo& role, CrnStyle style) {
  const std::string_view crn = crn_of(role, style);
  return {{"display_name", role.display_name},
          {"description", role.description},
          {"actions", {"sandbox.role." + to_lower(crn.substr(crn.rfind(':') + 1))}},
          {"crn", crn}};
}

}  // namespace authzd::sandbox
