// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/offline_list.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/next_page.hpp"
#include "daemon/iam/policy_json.hpp"
#include "reconciler/base/text.hpp"

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

}  // namespace authzd
