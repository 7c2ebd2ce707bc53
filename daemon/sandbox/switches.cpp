// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/switches.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/base/time.hpp"

#include <charconv>
#include <optional>
#include <vector>

namespace authzd::sandbox {
namespace {

using enum Switch;

constexpr std::array<SwitchInfo, static_cast<std::size_t>(Switch::count)> kSwitches{{
    {if_match_stale,
     "if-match-stale",
     "409|412|400",
     "409",
     "status of a PUT or PATCH whose If-Match is not the current ETag",
     "iam-api §12.1"},
    {if_match_missing,
     "if-match-missing",
     "400|409|412",
     "400",
     "status of a PUT or PATCH without If-Match",
     "iam-api §12.1"},
    {get_etag,
     "get-etag",
     "sent|absent",
     "sent",
     "whether a GET by id carries an ETag (the private endpoint may drop it)",
     "iam-api §12.7"},
    {list_default_limit,
     "list-default-limit",
     "<number>",
     "0",
     "page size of a list without `limit`; 0: everything",
     "iam-api §12.2"},
    {list_max_limit,
     "list-max-limit",
     "<number>",
     "1000",
     "largest page; what becomes of a larger `limit` is for list-limit to say; 0: none",
     "iam-api §12.2"},
    {list_limit,
     "list-limit",
     "cut|bounded|refused",
     "cut",
     "a `limit` above list-max-limit is cut to it; bounded: it is answered with 400; refused: "
     "every "
     "`limit` is",
     "design §7"},
    {list_start,
     "list-start",
     "policy|offset",
     "policy",
     "what the start of a page is: behind a policy, which has to be there still, or a place in the "
     "list, so that a policy made or deleted meanwhile moves what follows",
     "iam-api §12.2"},
    {ms_a_policy,
     "ms-a-policy",
     "<number>",
     "0",
     "milliseconds that a list takes for each policy that it shows (IAM: some 20)",
     "iam-api §6"},
    {list_visibility,
     "list-visibility",
     "account|readable",
     "account",
     "whether a list shows the whole account or only what the API key may read",
     "design §12"},
    {delete_deleted,
     "delete-deleted",
     "204|404",
     "204",
     "status of a DELETE of a policy that is already deleted",
     "iam-api §12.3"},
    {delete_unknown,
     "delete-unknown",
     "404|204",
     "404",
     "status of a DELETE of an id that never was",
     "iam-api §12.3"},
    {deleted_retention,
     "deleted-retention",
     "<duration>",
     "10d",
     "how long a deleted policy can be read, listed and restored; 0s: not at all",
     "iam-api §12.3"},
    {deleted_blocks,
     "deleted-blocks",
     "no|yes",
     "no",
     "whether a deleted policy still makes an identical one a duplicate",
     "iam-api §2.6"},
    {conflict_policy,
     "conflict-policy",
     "object|string|id|absent",
     "object",
     "form of details.conflicts_with.policy in a 409",
     "iam-api §2.6"},
    {conflict_wording,
     "conflict-wording",
     "attributes|exact",
     "attributes",
     "whether a 409 of an exact duplicate says \"attributes and roles\"",
     "iam-api §2.6"},
    {foreign_policy,
     "foreign-policy",
     "403|404",
     "403",
     "status for a policy id of an account that is not the caller's",
     "iam-api §12.4"},
    {forbidden_code,
     "forbidden-code",
     "insufficent_permissions|insufficient_permissions",
     "insufficent_permissions",
     "code of a 403 (the first is IBM's own spelling)",
     "iam-api §12.4"},
    {quota,
     "quota",
     "<number>",
     "4020",
     "policies that an account may hold, of all types together",
     "iam-api §6"},
    {quota_code,
     "quota-code",
     "request_not_processed|unable_to_process",
     "request_not_processed",
     "code of the 422 when the quota is used up",
     "iam-api §12.4"},
    {missing_parameter,
     "missing-parameter",
     "400|404",
     "400",
     "status of a list without account_id",
     "iam-api §2.2"},
    {href_of_v2,
     "href-of-v2",
     "v2|v1",
     "v2",
     "version in the href of a policy made through v2",
     "iam-api §12.9"},
    {v1_of_v2,
     "v1-of-v2",
     "unrepresentable|all",
     "unrepresentable",
     "which v2 policies v1 shows as placeholders",
     "iam-api §2.5"},
    {v1_operator,
     "v1-operator",
     "as-sent|filled",
     "as-sent",
     "whether an operator left out of a v1 resource is echoed as stringEquals",
     "iam-api §2.4"},
    {v1_star,
     "v1-star",
     "literal|exists",
     "literal",
     "what v1 stringEquals \"*\" is when v2 shows it",
     "iam-api §12.6"},
    {v1_restore_exists,
     "v1-restore-exists",
     "restored|refused",
     "restored",
     "v1 PATCH of a policy that v1 cannot represent",
     "design §12"},
    {v2_put_v1,
     "v2-put-v1",
     "upgraded|refused",
     "upgraded",
     "v2 PUT of a policy made through v1",
     "iam-api §2.5"},
    {role_check,
     "role-check",
     "documented|strict|lenient",
     "documented",
     "what is refused with 400: a role that the pair is not offered, where a pair that nobody "
     "documents is offered all roles of its target; strict: such a pair too; lenient: nothing",
     "iam-api §2.6"},
    {role_crns,
     "role-crns",
     "service|platform",
     "service",
     "CRNs of Share Broker, Snapshot Remote Account Restorer, Event Source Manager",
     "iam-api §12.5"},
    {private_endpoint,
     "private-endpoint",
     "no|roles|no-roles",
     "no",
     "a private endpoint answers a look-up of roles by source service with an HTML page and 404; "
     "no-roles: every look-up of roles",
     "iam-api §1"},
    {last_permit,
     "last-permit",
     "shown|never",
     "shown",
     "whether authorizations have last_permit_at",
     "design §12"},
    {include_last_permit,
     "include-last-permit",
     "accepted|refused",
     "accepted",
     "whether a list takes format=include_last_permit or answers 400",
     "design §7"},
    {description_limit,
     "description-limit",
     "<number>",
     "1000",
     "longest description, in bytes; 0: none",
     "design §12"},
    {retry_after,
     "retry-after",
     "none|seconds|date",
     "none",
     "Retry-After of an injected 429 that does not bring its own",
     "iam-api §12.8"},
    {orphans,
     "orphans",
     "linger|removed",
     "linger",
     "what becomes of policies whose source or target instance is removed",
     "iam-api §12.10"},
    {lag_reads,
     "lag-reads",
     "<number>",
     "0",
     "reads of a policy that still see it as it was before a write",
     "iam-api §6"},
    {lag_time,
     "lag-time",
     "<duration>",
     "0s",
     "for how long reads see a policy as it was before a write",
     "iam-api §6"},
    {token_lifetime,
     "token-lifetime",
     "<duration>",
     "1h",
     "life of an access token",
     "iam-api §7.1"},
    {metadata_paths,
     "metadata-paths",
     "both|2022|2025|none",
     "both",
     "which versions of the VPC metadata service's paths are there; none: it is off",
     "iam-api §7.2"},
    {metadata_member,
     "metadata-member",
     "access_token|identity_token",
     "access_token",
     "member that holds the instance identity token",
     "iam-api §7.2"},
}};

std::optional<int> parse_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

bool takes(const SwitchInfo& info, std::string_view value) {
  if (info.values == "<number>") return parse_number(value).has_value();
  if (info.values == "<duration>") return parse_duration(value).has_value();
  for (std::string_view rest = info.values; !value.empty();) {
    const auto bar = rest.find('|');
    if (rest.substr(0, bar) == value) return true;
    if (bar == std::string_view::npos) break;
    rest.remove_prefix(bar + 1);
  }
  return false;
}

Error unknown_switch(std::string_view name) {
  std::vector<std::string_view> names;
  for (const SwitchInfo& info : kSwitches) names.push_back(info.name);
  std::string message = "no switch is called \"" + printable(name) + "\"";
  if (const auto near = did_you_mean(name, names)) message += "; did you mean \"" + *near + "\"?";
  return Error{ErrorCode::invalid_config, message + " (--list-switches shows them all)"};
}

}  // namespace

Switches::Switches() {
  for (const SwitchInfo& info : kSwitches) {
    values_[static_cast<std::size_t>(info.id)] = std::string(info.standard);
  }
}

std::span<const SwitchInfo> Switches::all() {
  return kSwitches;
}

Result<void> Switches::set(std::string_view name, std::string_view value) {
  for (const SwitchInfo& info : kSwitches) {
    if (info.name != name) continue;
    if (!takes(info, value)) {
      return Error{ErrorCode::invalid_config,
                   "switch " + std::string(name) + " takes " + std::string(info.values) +
                       ", not \"" + printable(value) + "\""};
    }

    values_[static_cast<std::size_t>(info.id)] = std::string(value);
    return {};
  }
  return unknown_switch(name);
}

Result<void> Switches::set(std::string_view assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return Error{ErrorCode::invalid_config,
                 "a switch is set as name=value, not \"" + printable(assignment) + "\""};
  }

  return set(assignment.substr(0, equals), assignment.substr(equals + 1));
}

const std::string& Switches::text(Switch id) const {
  return values_[static_cast<std::size_t>(id)];
}

int Switches::number(Switch id) const {
  return parse_number(text(id)).value_or(0);
}

std::chrono::milliseconds Switches::duration(Switch id) const {
  return parse_duration(text(id)).value_or(std::chrono::milliseconds(0));
}

}  // namespace authzd::sandbox
