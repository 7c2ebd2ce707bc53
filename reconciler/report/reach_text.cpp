// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/reach_writers.hpp"
#include "reconciler/report/text_table.hpp"

#include <set>
#include <utility>

namespace authzd {
namespace {

using report::Json;

std::string counts_text(const std::map<PolicyOwner, std::size_t>& counts) {
  std::string text;
  for (const auto& [owner, count] : counts) {
    text +=
        (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(to_string(owner));
  }
  return text;
}

std::string all_roles(const std::set<std::string>& roles) {
  if (roles.empty()) return "no role";
  return join(std::vector<std::string>(roles.begin(), roles.end()), ", ");
}

Json side_json(const std::string& label, const AttributeSet& side) {
  return {{"label", label},
          {"service", report::optional_text(std::string(side.equals_value("serviceName")))},
          {"instance", report::optional_text(std::string(side.equals_value(kServiceInstance)))},
          {"attributes", report::attributes_json(side)}};
}

Json policy_json(const ReachPolicy& policy, bool is_use_known) {
  return {{"id", policy.id.value},
          {"owner", to_string(policy.owner)},
          {"authorization", report::optional_text(policy.name)},
          {"roles", policy.roles},
          {"lastUsed", report::time_json(policy.last_used)},
          {"neverUsed", is_use_known && !policy.last_used}};
}

}  // namespace

std::string reach_text(std::span<const Reached> policies, std::size_t accounts, std::size_t width) {
  std::vector<std::vector<std::string>> rows{{"SOURCE", "TARGET", "ROLES", "POLICIES", "WHOSE"}};
  if (accounts > 1) rows.front().insert(rows.front().begin(), "ACCOUNT");
  std::map<PolicyOwner, std::size_t> all;
  const auto pairs = pairs_of(policies);
  for (const ReachPair& pair : pairs) {
    std::vector<std::string> row{pair.source,
                                 pair.target,
                                 printable(all_roles(pair.roles)),
                                 std::to_string(pair.policies.size()),
                                 counts_text(pair.counts)};
    if (accounts > 1) row.insert(row.begin(), printable(pair.list->account_name));
    rows.push_back(std::move(row));
    for (const auto& [owner, count] : pair.counts) all[owner] += count;
  }
  const std::string total = count_of(pairs.size(), "pair", "pairs") + " of source and target, " +
                            count_of(policies.size(), "policy", "policies");
  if (pairs.empty()) return total + "\n";
  TableFit fit{.width = width, .cut = {0, 1, 2, 4}, .dropped = {3}};
  if (accounts > 1) fit = {.width = width, .cut = {0, 1, 2, 3, 5}, .dropped = {4}};
  return text_table(std::move(rows), fit) + "\n" + total + ": " + counts_text(all) + "\n";
}

std::string reach_json(std::span<const Reached> policies) {
  Json pairs = Json::array();
  for (const ReachPair& pair : pairs_of(policies)) {
    const ReachPolicy& first = *pair.policies.front();
    Json content = Json::array();
    for (const ReachPolicy* policy : pair.policies)
      content.push_back(policy_json(*policy, pair.list->is_use_known));
    pairs.push_back({{"account", pair.list->account.value},
                     {"accountName", pair.list->account_name},
                     {"source", side_json(pair.source, first.subject)},
                     {"target", side_json(pair.target, first.resource)},
                     {"roles", pair.roles},
                     {"policies", std::move(content)}});
  }
  const Json document{{"formatVersion", kReachFormatVersion}, {"pairs", std::move(pairs)}};
  return report::dump(document, 2) + "\n";
}

}  // namespace authzd
