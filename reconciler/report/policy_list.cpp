// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/policy_list.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/text_table.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

using report::Json;

constexpr std::size_t kLabelWidth = 27;
constexpr std::array<std::string_view, 4> kOwnRows = {
    "serviceName", "serviceInstance", "resourceType", "accountId"};

void row(std::string& out, std::string label, std::string_view value) {
  label.resize(std::max(label.size() + 1, kLabelWidth), ' ');
  out += label + printable(value) + "\n";
}

void party_rows(std::string& out,
                const std::string& side,
                const AttributeSet& attributes,
                const ListOptions& options) {
  const auto value = [&](std::string_view name) { return attributes.equals_value(name); };
  if (const auto account = value("accountId");
      !account.empty() && account != options.account.value) {
    row(out, side + " service account:", account);
  }
  if (!value("serviceName").empty()) row(out, side + " service name:", value("serviceName"));
  std::string instance(value(kServiceInstance));
  if (const auto name = instance_name(value("serviceName"), instance, options.role_names)) {
    instance = *name + " (" + instance + ")";
  }
  row(out, side + " service instance:", instance.empty() ? "All instances" : instance);
  if (!value("resourceType").empty()) row(out, side + " resource type:", value("resourceType"));

  std::vector<std::string> others;
  for (const Attribute& attribute : attributes.items()) {
    const bool has_row = std::ranges::find(kOwnRows, attribute.name) != kOwnRows.end();
    if (!has_row || attribute.op != kStringEquals) others.push_back(to_string(attribute));
  }
  if (!others.empty()) row(out, side + " attributes:", join(others, ", "));
}

Json v1_attributes(const AttributeSet& attributes, bool is_subject) {
  Json list = Json::array();
  for (const Attribute& attribute : attributes.items()) {
    Json json;
    json["name"] = attribute.name;
    std::visit([&json](const auto& value) { json["value"] = value; }, attribute.value);
    if (!is_subject || attribute.op != kStringEquals) json["operator"] = attribute.op;
    list.push_back(std::move(json));
  }
  return Json::array({Json{{"attributes", std::move(list)}}});
}

Json v1_policy(const Observed& policy, const RoleNames& names) {
  Json roles = Json::array();
  for (const std::string& crn : policy.content.roles) {
    const auto known = names.find(crn);
    Json role{{"role_id", crn}};
    if (known != names.end()) role["display_name"] = known->second;
    roles.push_back(std::move(role));
  }
  Json json;
  // What limits it beyond attributes and roles; read back under the same names.
  for (const auto& [name, text] : policy.content.extras) {
    json[name] = Json::parse(text, nullptr, false);
  }
  json["id"] = policy.id.value;
  json["type"] = "authorization";
  json["description"] = policy.content.description;
  json["subjects"] = v1_attributes(policy.content.subject, true);
  json["roles"] = std::move(roles);
  json["resources"] = v1_attributes(policy.content.resource, false);
  json["created_at"] = policy.created_at;
  json["created_by_id"] = policy.created_by.value;
  json["last_modified_at"] = policy.last_modified_at;
  json["last_modified_by_id"] = policy.last_modified_by.value;
  json["state"] = policy.state == PolicyState::active ? "active" : "deleted";
  if (!policy.template_id.empty()) json["template"] = {{"id", policy.template_id}};
  return json;
}

struct Marked {
  Marker marker;
  const Observed* policy = nullptr;
};

std::vector<Marked> marked_ones(std::span<const Observed> policies) {
  std::vector<Marked> found;
  for (const Observed& policy : policies) {
    auto marker = parse_description(policy.content.description).marker;
    if (marker) found.push_back({std::move(*marker), &policy});
  }
  std::ranges::sort(found, {}, [](const Marked& each) {
    return std::tie(each.marker.owner, each.marker.name, each.policy->id);
  });
  return found;
}

}  // namespace

RoleNames names_for(const Observed& policy, const ListOptions& options) {
  RoleNames names = options.role_names;
  for (const auto& [crn, name] : policy.role_names) names.insert_or_assign(crn, name);
  return names;
}

std::string names_text(std::span<const Observed> policies, const ListOptions& options) {
  std::vector<std::vector<std::string>> rows{{"OWNER", "NAME", "POLICY", "GRANT"}};
  for (const auto& [marker, policy] : marked_ones(policies)) {
    rows.push_back({printable(marker.owner),
                    printable(marker.name),
                    printable(policy->id.value),
                    grant_text(policy->content, options.account, names_for(*policy, options))});
  }
  return text_table(std::move(rows), {.width = options.width, .cut = {1, 3}, .dropped = {0}});
}

std::string names_json(std::span<const Observed> policies, const ListOptions& options) {
  Json list = Json::array();
  for (const auto& [marker, policy] : marked_ones(policies)) {
    Json json{{"owner", marker.owner},
              {"name", marker.name},
              {"protected", marker.is_protected},
              {"policyId", policy->id.value},
              {"grant", grant_text(policy->content, options.account, names_for(*policy, options))}};
    json["roles"] = Json::array();
    for (const std::string& crn : policy->content.roles) json["roles"].push_back(crn);
    list.push_back(std::move(json));
  }
  return report::dump(list, 2) + "\n";
}

std::string list_text(std::span<const Observed> policies, const ListOptions& options) {
  std::string out = "Getting authorization policies under account " +
                    printable(options.account.value) + " as " + printable(options.user) +
                    "...\nOK\n";
  if (policies.empty()) return out + "\nNo authorization policies found.\n";
  for (const Observed& policy : policies) {
    out += '\n';
    row(out, "ID:", policy.id.value);
    party_rows(out, "Source", policy.content.subject, options);
    party_rows(out, "Target", policy.content.resource, options);
    row(out, "Roles:", roles_text(policy.content.roles, names_for(policy, options)));
    for (const auto& [name, text] : policy.content.extras) row(out, "Other:", name + " " + text);
  }
  return out;
}

void append_list_json(std::string& out,
                      std::span<const Observed> policies,
                      const ListOptions& options) {
  for (const Observed& policy : policies) {
    // In a list of one, it has the depth that it has in the whole.
    const Json json =
        Json::array({policy.role_names.empty() ? v1_policy(policy, options.role_names)
                                               : v1_policy(policy, names_for(policy, options))});
    std::string text = report::dump(json, 2);
    constexpr std::string_view kEnd = "\n]";
    text.resize(text.size() - kEnd.size());
    out += out.empty() ? text : "," + text.substr(1);
  }
}

void end_list_json(std::string& out) {
  out += out.empty() ? "[]\n" : "\n]\n";
}

std::string list_json(std::span<const Observed> policies, const ListOptions& options) {
  std::string text;
  append_list_json(text, policies, options);
  end_list_json(text);
  return text;
}

}  // namespace authzd
