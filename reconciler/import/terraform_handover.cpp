// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/terraform_handover.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace authzd {
namespace {

constexpr std::string_view kHead =
    "# Terraform forgets these authorizations, and leaves them in IAM: authzd manages them.\n"
    "# Delete the resource blocks that are named here, put this file beside your configuration, "
    "and\n"
    "# apply a plan that says \"0 to destroy\". It needs Terraform 1.7 or later; delete the file\n"
    "# afterwards.\n";

constexpr std::string_view kInModule =
    "# Only where you delete the resource block in this module, too. While a module declares it, "
    "and\n"
    "# be it with count = 0, Terraform refuses this block; then take it out, and before you set "
    "the\n"
    "# variable that skips the resource, run for each instance:\n";

std::string block(const std::string& address) {
  return "removed {\n  from = " + address + "\n\n  lifecycle {\n    destroy = false\n  }\n}\n";
}

}  // namespace

std::string removed_blocks(const std::vector<const StatePolicy*>& policies) {
  std::map<std::string, std::set<std::string>> resources;  // instances, by address without keys
  std::set<std::string> in_modules;
  for (const StatePolicy* policy : policies) {
    resources[policy->address.in_config].insert(policy->address.full);
    if (!policy->address.module.empty()) in_modules.insert(policy->address.in_config);
  }
  std::string out;
  for (const auto& [resource, instances] : resources) {
    out += out.empty() ? std::string(kHead) + "\n" : "\n";
    if (in_modules.contains(resource)) {
      out += kInModule;
      for (const std::string& instance : instances) {
        out += "#   terraform state rm " + shell_word(instance) + "\n";
      }
    }
    out += block(resource);
  }
  return out;
}

namespace {

/// A resource in IBM's modules, taken from their sources in November 2026. A name that ends in '*'
/// is a prefix; an empty service means any.
struct Known {
  std::string_view resource;
  std::string_view source;
  std::string_view target;
  std::string_view variable;
};

constexpr std::array kKnown{
    Known{"policy", "cloud-object-storage", "", "skip_iam_authorization_policy"},
    Known{"policy", "cloud-object-storage", "", "skip_kms_iam_authorization_policy"},
    Known{"policy", "is", "secrets-manager", "skip_secrets_manager_iam_auth_policy"},
    Known{"policy", "is", "cloud-object-storage", "create_authorization_policy_vpc_to_cos = false"},
    Known{"policy", "", "", "skip_all_s2s_auth_policies"},
    Known{"policy_instance", "is", "", "create_authorization_policy_vpc_to_cos = false"},
    Known{"cos_bucket_policy", "", "", "skip_all_s2s_auth_policies"},
    Known{"kms_policy", "apprapp", "", "skip_app_config_kms_auth_policy"},
    Known{"kms_policy", "event-notifications", "", "skip_en_kms_auth_policy"},
    Known{"kms_policy", "messagehub", "", "skip_kms_iam_authorization_policy"},
    Known{"kms_policy", "secrets-manager", "", "skip_kms_iam_authorization_policy"},
    Known{"kms_policy", "lakehouse", "", "skip_iam_authorization_policy"},
    Known{"kms_policy", "databases-for-*", "", "skip_iam_authorization_policy"},
    Known{"kms_policy", "messages-for-rabbitmq", "", "skip_iam_authorization_policy"},
    Known{"backup_kms_policy", "", "", "skip_iam_authorization_policy"},
    Known{"en_policy", "apprapp", "", "skip_app_config_event_notifications_auth_policy"},
    Known{"en_policy", "secrets-manager", "", "skip_en_iam_authorization_policy"},
    Known{"en_policy", "logs", "", "existing_event_notifications_instances[].skip_iam_auth_policy"},
    Known{"cos_policy", "event-notifications", "", "skip_en_cos_auth_policy"},
    Known{"cos_policy", "logs", "", "data_storage.*.skip_cos_auth_policy"},
    Known{"cos_policy", "logs", "", "skip_cloud_logs_cos_auth_policy"},
    Known{"cos_kms_policy", "", "", "skip_cos_kms_iam_auth_policy"},
    Known{"cos_kms_policy", "", "", "skip_cos_kms_auth_policy"},
    Known{"en_kms_policy", "", "", "skip_event_notifications_kms_auth_policy"},
    Known{"logs_routing_policy", "", "", "skip_logs_routing_auth_policy"},
    Known{"atracker_cos", "", "", "skip_at_cos_auth_policy"},
    Known{"metrics_router_cloud_monitoring",
          "",
          "",
          "metrics_router_targets[].skip_metrics_router_auth_policy"},
    Known{
        "ocp_secrets_manager_iam_auth_policy", "", "", "skip_ocp_secrets_manager_iam_auth_policy"},
    Known{"es_s2s_policy", "", "", "skip_es_s2s_iam_authorization_policy"},
    Known{"secrets_manager_key_manager",
          "",
          "cloud-object-storage",
          "skip_secrets_manager_cos_iam_auth_policy"},
    Known{"secrets_manager_key_manager",
          "",
          "event-notifications",
          "skip_event_notifications_secrets_manager_auth_policy"},
    Known{"secrets_manager_key_manager",
          "",
          "messagehub",
          "skip_event_streams_secrets_manager_auth_policy"},
    Known{"secrets_manager_key_manager",
          "",
          "databases-for-*",
          "skip_<database>_secrets_manager_auth_policy"},
    Known{"secrets_manager_key_manager",
          "",
          "messages-for-rabbitmq",
          "skip_rabbitmq_secrets_manager_auth_policy"},
    Known{"secrets_manager_key_manager",
          "",
          "cloudantnosqldb",
          "skip_cloudant_secrets_manager_auth_policy"},
    Known{"vpc_dns_resolution_auth_policy", "", "", "skip_spoke_auth_policy"},
    Known{"block_storage_policy", "", "", "skip_iam_authorization_policy"},
    Known{"block_storage_kms_policy", "", "", "skip_block_storage_kms_iam_auth_policy"},
    Known{"scc_cos_s2s_access", "", "", "skip_cos_iam_authorization_policy"},
    Known{"scc_wp_s2s_access", "", "", "skip_scc_wp_auth_policy"},
    Known{"en_s2s_policy", "", "", "skip_en_s2s_auth_policy"},
    Known{"iam_identity_policy", "", "", "skip_iam_authorization_policy"},
    Known{"iam_groups_policy", "", "", "skip_iam_authorization_policy"},
    Known{"secrets_manager_hpcs_policy", "", "", "skip_kms_iam_authorization_policy"},
    Known{"file_share_policy", "", "", "skip_iam_share_authorization_policy"},
    Known{"watsonx_data_kms_policy", "", "", "skip_watsonx_data_kms_iam_auth_policy"},
    Known{"cis_service_authorization", "", "", "skip_iam_authorization_policy"},
    Known{"sm_ce_policy", "", "", "skip_secrets_manager_code_engine_auth_policy"},
    Known{"toolchain_*", "", "", "authorization_policy_creation = \"disabled\""},
};

bool fits(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return true;
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool is_of(const Known& known, const StatePolicy& policy) {
  return fits(known.resource, policy.address.name) &&
         fits(known.source, policy.content.subject.equals_value("serviceName")) &&
         fits(known.target, policy.content.resource.equals_value("serviceName"));
}

}  // namespace

std::vector<SkipSwitch> skip_switches(std::span<const StatePolicy> policies) {
  std::map<std::string, std::vector<std::string>> found;
  for (const StatePolicy& policy : policies) {
    if (policy.address.module.empty()) continue;
    std::vector<std::string>& variables = found[policy.address.in_config];
    for (const Known& known : kKnown) {
      const bool is_new = std::ranges::find(variables, known.variable) == variables.end();
      if (is_new && is_of(known, policy)) variables.emplace_back(known.variable);
    }
  }
  std::vector<SkipSwitch> switches;
  for (auto& [resource, variables] : found) switches.push_back({resource, std::move(variables)});
  return switches;
}

}  // namespace authzd
