// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/offline_list.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/policy_json.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace authzd {
namespace {

Error unusable_list(std::string_view why) {
  return Error{
      ErrorCode::invalid_config,
      "the saved list " + std::string(why) +
          "; accepted are a whole reply of GET /v2/policies?type=authorization and the "
          "output of `authzd list --output json` or `ibmcloud iam authorization-policies --output "
          "JSON`"};
}

/// Only the names of their members distinguish the two versions; an `href` proves nothing.
bool is_v1(const Json& policy) {
  return find_member(policy, "subjects") != nullptr ||
         find_member(policy, "resources") != nullptr || find_member(policy, "roles") != nullptr;
}

Result<std::optional<Observed>> policy_from(const Json& json) {
  return is_v1(json) ? policy_from_v1(json) : policy_from_v2(json);
}

std::string placeholder_warning(const Json& json) {
  return "policy " + printable(text_or_empty(json, "id")) +
         " is left out: the v1 list shows only a placeholder for it; save a v2 list to see it";
}

Result<SavedList> read_policies(const Json::array_t& elements) {
  SavedList list;
  std::map<PolicyId, Observed> active;
  std::size_t number = 0;
  for (const Json& element : elements) {
    ++number;
    if (is_v1_placeholder(element)) {
      list.warnings.push_back(placeholder_warning(element));
      continue;
    }
    Result<std::optional<Observed>> policy = policy_from(element);
    if (!policy && is_clearly_not_ours(element)) {
      list.warnings.push_back(policy.error().message + "; it is left out");
      continue;
    }
    if (!policy) {
      const std::string where = "cannot be read at policy number " + std::to_string(number);
      return unusable_list(where + " (" + policy.error().message + ")");
    }
    if (!*policy || (*policy)->state != PolicyState::active) continue;
    PolicyId id = (*policy)->id;
    if (!active.emplace(id, std::move(**policy)).second) {
      return unusable_list("has policy " + printable(id.value) + " twice");
    }
  }
  for (auto& [id, policy] : active) list.policies.push_back(std::move(policy));
  return list;
}

}  // namespace

Result<SavedList> parse_saved_list(std::string_view text) {
  const std::optional<Json> json = parse_json(text);
  if (!json) return unusable_list("is not JSON, or more than one document");
  const Json* policies = json->is_array() ? &*json : find_member(*json, "policies");
  if (policies == nullptr || !policies->is_array()) return unusable_list("has no list of policies");
  Fault fault;
  const bool has_more = !next_start_of(*json, fault).empty() || fault.any();
  if (has_more) return unusable_list("is one page of several");
  return read_policies(*policies->get_ptr<const Json::array_t*>());
}

namespace {

using Names = std::map<std::string, std::string>;  // by CRN

/// "kms" in "crn:v1:bluemix:public:kms::::serviceRole:Reader"; empty for other CRNs.
std::string_view service_of(std::string_view crn) {
  constexpr int kFieldsBefore = 4;
  for (int field = 0; field < kFieldsBefore; ++field) {
    const auto colon = crn.find(':');
    if (colon == std::string_view::npos) return {};
    crn.remove_prefix(colon + 1);
  }
  return crn.substr(0, crn.find(':'));
}

/// The services of a group are not known here: any role might be for it.
bool applies_to(std::string_view crn, const RoleQuery& pair) {
  const std::string_view service = service_of(crn);
  return service == "iam" || service == "iam-access-management" || service == pair.target_service ||
         !pair.target_group.empty();
}

Names names_in_list(const std::vector<Observed>& policies, const RoleQuery& pair) {
  Names names;
  for (const Observed& policy : policies) {
    for (const auto& [crn, name] : policy.role_names) {
      if (applies_to(crn, pair)) names.emplace(crn, name);
    }
  }
  return names;
}

bool has_name(const Names& names, const std::string& name) {
  return std::ranges::any_of(names, [&](const auto& known) { return known.second == name; });
}

/// Names unnamed CRNs of the list, if IBM publishes the role: they have IAM's spelling.
void name_by_last_part(const std::vector<Observed>& policies,
                       const RoleQuery& pair,
                       const std::vector<Role>& published,
                       Names& names) {
  for (const Observed& policy : policies) {
    const RoleQuery other = role_query(policy.content.subject, policy.content.resource);
    if (other.target_service != pair.target_service || other.target_group != pair.target_group) {
      continue;
    }
    for (const std::string& crn : policy.content.roles) {
      if (names.contains(crn) || !is_predefined_role(crn)) continue;
      for (const Role& role : published) {
        const bool is_same =
            last_part(role.crn) == last_part(crn) && !has_name(names, role.display_name);
        if (is_same) names.emplace(crn, role.display_name);
      }
    }
  }
}

void add_role(RoleTable& table, const std::string& crn, const std::string& name) {
  const bool is_service = crn.find(":serviceRole:") != std::string::npos;
  const bool is_custom = crn.find(":customRole:") != std::string::npos;
  std::vector<Role>& group = is_custom ? table.custom : is_service ? table.service : table.system;
  group.push_back(Role{crn, name});
}

}  // namespace

RoleTable offline_roles(const std::vector<Observed>& policies, const RoleQuery& pair) {
  const std::vector<Role> published = published_roles(pair);
  Names names = names_in_list(policies, pair);
  name_by_last_part(policies, pair, published, names);
  for (const Role& role : published) {
    if (!has_name(names, role.display_name)) names.try_emplace(role.crn, role.display_name);
  }
  RoleTable table;
  table.authority = RoleAuthority::offline;
  for (const auto& [crn, name] : names) add_role(table, crn, name);
  return table;
}

}  // namespace authzd
