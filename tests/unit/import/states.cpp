// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/import/states.hpp"

#include "reconciler/base/text.hpp"

namespace authzd::test {

std::string attributes(const std::string& id,
                       const std::string& source,
                       const std::string& target,
                       const std::string& more) {
  const auto or_member = [&](const std::string& name, const std::string& text) {
    return more.find("\"" + name + "\"") == std::string::npos ? "\"" + name + "\":" + text + ","
                                                              : "";
  };
  return "{" + more + or_member("description", "null") + or_member("roles", R"(["Reader"])") +
         or_member("resource_attributes",
                   R"([{"name":"accountId","operator":"stringEquals","value":")" + kHome +
                       R"("},{"name":"serviceName","operator":"stringEquals","value":")" + target +
                       R"("}])") +
         or_member("source_resource_group_id", R"("")") +
         or_member("source_resource_instance_id", R"("")") +
         or_member("source_resource_type", R"("")") +
         or_member("source_service_account", "\"" + kHome + "\"") +
         or_member("source_service_name", "\"" + source + "\"") +
         or_member("subject_attributes", "[]") + or_member("target_resource_group_id", R"("")") +
         or_member("target_resource_instance_id", R"("")") +
         or_member("target_resource_type", R"("")") +
         or_member("target_service_name", "\"" + target + "\"") +
         R"("transaction_id":"7d816e7e","version":null,"id":)" +
         (id.empty() ? "null" : "\"" + id + "\"") + "}";
}

std::string instance(const std::string& attributes, const std::string& key) {
  return std::string("{") + (key.empty() ? "" : "\"index_key\":" + key + ",") +
         R"("schema_version":0,"attributes":)" + attributes +
         R"(,"sensitive_attributes":[],"private":"bnVsbA==","dependencies":["ibm_kms.keys"]})";
}

std::string resource(const std::string& name,
                     const std::vector<std::string>& instances,
                     const std::string& module) {
  return std::string("{") + (module.empty() ? "" : R"("module":")" + module + "\",") +
         R"("mode":"managed","type":"ibm_iam_authorization_policy","name":")" + name +
         R"(","provider":"provider[\"registry.terraform.io/ibm-cloud/ibm\"]","instances":[)" +
         join(instances, ",") + "]}";
}

std::string state_file(const std::vector<std::string>& resources) {
  return R"({"version":4,"terraform_version":"1.9.8","serial":12,)"
         R"("lineage":"f1b2c3d4-0000-4000-8000-000000000000","outputs":{},"resources":[)" +
         join(resources, ",") + R"(],"check_results":null})";
}

}  // namespace authzd::test
