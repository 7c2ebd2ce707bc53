// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The roles that IBM documents together with their CRN; where its pages disagree, a role is missing
// here on purpose.

#include "daemon/iam/offline_list.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace authzd {
namespace {

struct KnownRole {
  std::string_view crn;
  std::string_view name;
};

constexpr std::array kKnownRoles = {
    KnownRole{"crn:v1:bluemix:public:iam::::role:Viewer", "Viewer"},
    KnownRole{"crn:v1:bluemix:public:iam::::role:Operator", "Operator"},
    KnownRole{"crn:v1:bluemix:public:iam::::role:Editor", "Editor"},
    KnownRole{"crn:v1:bluemix:public:iam::::role:Administrator", "Administrator"},
    KnownRole{"crn:v1:bluemix:public:iam::::role:AuthorizationDelegator", kAuthorizationDelegator},
    KnownRole{"crn:v1:bluemix:public:iam::::serviceRole:Reader", "Reader"},
    KnownRole{"crn:v1:bluemix:public:iam::::serviceRole:Writer", "Writer"},
    KnownRole{"crn:v1:bluemix:public:iam::::serviceRole:Manager", "Manager"},
    KnownRole{"crn:v1:bluemix:public:is::::serviceRole:DNSBindingConnector",
              "DNS Binding Connector"},
    KnownRole{"crn:v1:bluemix:public:is::::serviceRole:ShareSnapshotOperator",
              "Share Snapshot Operator"},
    KnownRole{"crn:v1:bluemix:public:secrets-manager::::serviceRole:SecretsReader",
              "SecretsReader"},
    KnownRole{"crn:v1:bluemix:public:logs::::serviceRole:Sender", "Sender"},
    KnownRole{"crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectWriter",
              "Object Writer"},
    KnownRole{"crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectReader",
              "Object Reader"},
    KnownRole{"crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ContentReader",
              "Content Reader"},
    KnownRole{"crn:v1:bluemix:public:cloud-object-storage::::serviceRole:NotificationsManager",
              "Notifications Manager"},
    KnownRole{"crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator",
              "ServiceIdCreator"},
    KnownRole{"crn:v1:bluemix:public:iam-groups::::serviceRole:MemberManage", "MemberManage"},
    KnownRole{"crn:v1:bluemix:public:hs-crypto::::serviceRole:ReaderPlus", "ReaderPlus"},
};

/// "kms" in "crn:v1:bluemix:public:kms::::serviceRole:Reader"; empty where it is no such CRN.
std::string_view service_of(std::string_view crn) {
  constexpr int kFieldsBefore = 4;
  for (int field = 0; field < kFieldsBefore; ++field) {
    const auto colon = crn.find(':');
    if (colon == std::string_view::npos) return {};
    crn.remove_prefix(colon + 1);
  }
  return crn.substr(0, crn.find(':'));
}

/// Which services a group has is not known here: any role might be for it.
bool applies_to(std::string_view crn, const RoleQuery& pair) {
  const std::string_view service = service_of(crn);
  return service == "iam" || service == "iam-access-management" || service == pair.target_service ||
         !pair.target_group.empty();
}

void add_role(RoleTable& table, const std::string& crn, const std::string& name) {
  const bool is_service = crn.find(":serviceRole:") != std::string::npos;
  const bool is_custom = crn.find(":customRole:") != std::string::npos;
  std::vector<Role>& group = is_custom ? table.custom : is_service ? table.service : table.system;
  group.push_back(Role{crn, name});
}

}  // namespace

RoleTable offline_roles(const std::vector<Observed>& policies, const RoleQuery& pair) {
  std::map<std::string, std::string> names;
  for (const Observed& policy : policies) {
    names.insert(policy.role_names.begin(), policy.role_names.end());
  }
  for (const KnownRole& role : kKnownRoles) names.try_emplace(std::string(role.crn), role.name);

  RoleTable table;
  for (const auto& [crn, name] : names) {
    if (applies_to(crn, pair)) add_role(table, crn, name);
  }
  return table;
}

}  // namespace authzd
