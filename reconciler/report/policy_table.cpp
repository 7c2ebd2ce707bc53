// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/policy_table.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/text_table.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using TableRow = std::vector<std::string>;

constexpr std::string_view kNobody = "-";

std::optional<Marker> marker_of(const Observed& policy) {
  return parse_description(policy.content.description).marker;
}

std::string manager_text(const Observed& policy) {
  const auto marker = marker_of(policy);
  if (!marker) return std::string(kNobody);
  return printable(marker->owner) + "/" + printable(marker->name);
}

std::string changed_text(const Observed& policy) {
  const bool is_changed = !policy.last_modified_at.empty();
  const std::string& at = is_changed ? policy.last_modified_at : policy.created_at;
  const IamId& by = is_changed ? policy.last_modified_by : policy.created_by;
  if (at.empty() && by.empty()) return std::string(kNobody);
  return printable(at) + " by " + (by.empty() ? "unknown" : printable(by.value));
}

std::string use_text(const Observed& policy, bool is_use_known) {
  if (policy.last_permit_at) return to_rfc3339(*policy.last_permit_at);
  return is_use_known ? "never" : "unknown";
}

/// What limits a policy beyond its sides.
std::string conditions_text(const PolicyContent& content) {
  std::vector<std::string> names;
  for (const auto& [name, _] : content.extras) names.push_back(printable(name));
  return names.empty() ? "" : " (with " + join(names, ", ") + ")";
}

TableRow row_of(const Observed& policy, const ListOptions& options) {
  const PolicyContent& content = policy.content;
  RoleNames own;
  // Most policies have no names of their own: a copy of all for each would take long.
  const bool has_own = !policy.role_names.empty();
  const RoleNames& names = has_own ? (own = names_for(policy, options)) : options.role_names;
  return {party_text(content.subject, options.account, names),
          party_text(content.resource, options.account, names),
          roles_text(content.roles, names) + conditions_text(content),
          manager_text(policy)};
}

}  // namespace

std::string table_text(std::span<const Observed> policies,
                       const ListOptions& options,
                       TableWidth width) {
  std::vector<TableRow> rows;
  std::size_t managed = 0;
  for (const Observed& policy : policies) {
    TableRow row = row_of(policy, options);
    if (row.back() != kNobody) ++managed;
    if (width == TableWidth::wide) {
      row.insert(row.end(),
                 {printable(policy.id.value),
                  changed_text(policy),
                  use_text(policy, options.is_use_known)});
    }
    rows.push_back(std::move(row));
  }
  std::ranges::sort(rows);
  TableRow head{"SOURCE", "TARGET", "ROLES", "MANAGED AS"};
  if (width == TableWidth::wide) head.insert(head.end(), {"POLICY", "LAST CHANGED", "LAST USED"});
  rows.insert(rows.begin(), std::move(head));
  const std::string total = count_of(policies.size(), "policy", "policies");
  if (policies.empty()) return total + "\n";
  // `wide` is asked for, and says everything.
  const std::size_t columns = width == TableWidth::wide ? 0 : options.width;
  return text_table(std::move(rows), {.width = columns, .cut = {0, 1, 2, 3}}) + "\n" + total +
         ": " + std::to_string(managed) + " with a marker of authzd, " +
         std::to_string(policies.size() - managed) + " without\n";
}

bool ListFilter::lets_through(const Observed& policy) const {
  const auto marker = marker_of(policy);
  if (!owner.empty() && (!marker || marker->owner != owner)) return false;
  if (!id.empty() && policy.id.value != id) return false;
  if (!name.empty() && (!marker || marker->name != name)) return false;
  if (is_managed && !marker) return false;
  if (is_unmanaged && (marker || is_service_made(policy) || !policy.template_id.empty())) {
    return false;
  }
  // A side without a service, or with a pattern, means several.
  const auto may_be = [](const AttributeSet& side, const std::string& service) {
    return service.empty() || may_admit(side, "serviceName", service);
  };
  return may_be(policy.content.subject, source) && may_be(policy.content.resource, target);
}

}  // namespace authzd
