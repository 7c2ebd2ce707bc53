// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/removed_blocks.hpp"

#include "reconciler/base/text.hpp"

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

}  // namespace authzd
