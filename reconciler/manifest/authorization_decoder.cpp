// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/authorization_decoder.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/account_selector.hpp"
#include "reconciler/manifest/document_header.hpp"
#include "reconciler/manifest/side_decoder.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kDocumentKeys{"apiVersion", "kind", "metadata", "spec"};
constexpr std::array<std::string_view, 15> kSpecKeys{"description",
                                                     "source",
                                                     "sources",
                                                     "target",
                                                     "targets",
                                                     "roles",
                                                     "delegate",
                                                     "protect",
                                                     "suspend",
                                                     "release",
                                                     "expiresAt",
                                                     "wide",
                                                     "reason",
                                                     "ticket",
                                                     "reviewBy"};

std::optional<std::string> decode_description(const YamlCursor& node) {
  const auto text = node.text();
  if (!text) return std::nullopt;
  std::string description(trim(*text));
  const std::size_t length = count_characters(description);
  if (length > kMaxDescriptionLength) {
    node.error("a description has at most " + std::to_string(kMaxDescriptionLength) +
               " characters; this one has " + std::to_string(length));
  }
  if (description.find(kMarkerBegin) != std::string::npos) {
    node.error("a description must not hold \"(authzd:\"",
               "authzd writes its own marker behind the description");
  }
  return description;
}

/// The role by IAM's display name or by CRN.
bool is_delegator(std::string_view role) {
  return role == kAuthorizationDelegator ||
         (is_crn(role) && role.ends_with(":role:AuthorizationDelegator"));
}

std::vector<std::string> decode_role_list(const YamlCursor& node) {
  std::vector<std::string> roles;
  const auto items = node.list("write roles: [Reader]");
  if (!items) return roles;
  if (items->empty()) node.error("the list of roles is empty", "a grant needs at least one role");
  for (const YamlCursor& item : *items) {
    const auto role = item.text();
    if (!role) continue;
    if (trim(*role).empty() || trim(*role) != *role || role->find('\n') != std::string::npos) {
      item.error(quoted(*role) + " is not a role",
                 "write a display name as IAM shows it, or a role's CRN");
    } else if (std::find(roles.begin(), roles.end(), *role) != roles.end()) {
      item.error("role " + quoted(*role) + " is given twice");
    } else {
      roles.push_back(*role);
    }
  }
  return roles;
}

void decode_roles(const YamlMap& spec, Grant& common) {
  const auto node = spec.require("roles", "write roles: [Reader]");
  if (node) common.roles = decode_role_list(*node);
  const bool has_delegator = std::any_of(common.roles.begin(), common.roles.end(), is_delegator);
  const auto delegate_node = spec.find("delegate");
  const auto delegate = delegate_node ? delegate_node->boolean() : std::nullopt;
  if (delegate == false && has_delegator) {
    delegate_node->error("delegate is false, but the roles name \"Authorization Delegator\"",
                         "take out one of the two");
  }
  if (delegate == true && !has_delegator) common.roles.emplace_back(kAuthorizationDelegator);
  std::sort(common.roles.begin(), common.roles.end());
}

void decode_expiry(const YamlMap& spec, Timestamp now, Grant& common) {
  const auto node = spec.find("expiresAt");
  if (!node) return;
  const auto text = node->text();
  if (!text) return;
  common.expires_at = parse_rfc3339(*text);
  if (!common.expires_at) {
    node->error(quoted(*text) + " is not a point in time",
                "write it absolute, with a time zone: 2027-01-31T08:00:00Z");
  } else if (*common.expires_at <= now) {
    node->warning("expiresAt is past: this authorization is no longer wanted",
                  "take the manifest out, or give it a later time");
  }
  if (common.is_protected) {
    node->error("expiresAt cannot stand beside protect: true",
                "a protected policy is never deleted; decide for one of the two");
  }
}

/// A whole day means its beginning, in UTC.
std::optional<Timestamp> parse_day_or_time(const std::string& text) {
  constexpr std::size_t kDay = std::string_view("2027-01-31").size();
  return parse_rfc3339(text.size() == kDay ? text + "T00:00:00Z" : text);
}

void decode_review(const YamlCursor& node, Timestamp now, Rationale& out) {
  const auto text = node.text();
  if (!text) return;
  out.review_by = parse_day_or_time(*text);
  if (!out.review_by) {
    node.error(quoted(*text) + " is not a day or a point in time",
               "write 2027-01-31, or with a time and a time zone 2027-01-31T08:00:00Z");
  } else if (*out.review_by <= now) {
    node.warning("reviewBy is past: this authorization is due for a review",
                 "check that it is still needed, and give it a later day");
  }
}

std::string decode_reason(const YamlCursor& node) {
  const auto text = node.text();
  if (!text) return {};
  std::string reason(trim(*text));
  const std::size_t length = count_characters(reason);
  if (reason.empty()) {
    node.error("spec.reason is empty", "say what the authorization is for");
  } else if (length > kMaxReasonLength) {
    node.error("spec.reason has at most " + std::to_string(kMaxReasonLength) +
               " characters; this one has " + std::to_string(length));
  }
  return reason;
}

void decode_rationale(const YamlMap& spec, Timestamp now, Rationale& out) {
  if (const auto node = spec.find("reason")) out.reason = decode_reason(*node);
  if (const auto node = spec.find("ticket")) {
    out.ticket = decode_line(*node, "spec.ticket", kMaxTicketLength).value_or("");
  }
  if (const auto node = spec.find("reviewBy")) decode_review(*node, now, out);
}

/// The two ways to write a side: one, or a list.
struct SideKeys {
  std::string one;
  std::string many;
  std::string missing_hint;
};

std::vector<YamlCursor> side_nodes(const YamlMap& spec, const SideKeys& keys) {
  const auto one = spec.find(keys.one);
  const auto many = spec.find(keys.many);
  if (spec.has(keys.one) && spec.has(keys.many)) {
    spec.key_node(keys.many)->error(keys.one + " and " + keys.many + " exclude each other",
                                    "put all of them under " + keys.many);
  }
  if (!spec.has(keys.one) && !spec.has(keys.many) && spec.node().is_map()) {
    spec.node().error("missing key \"" + keys.one + "\" in spec", keys.missing_hint);
  }
  std::vector<YamlCursor> nodes;
  if (one) nodes.push_back(*one);
  if (!many) return nodes;
  const auto items = many->list("write " + keys.one + ": for exactly one");
  if (!items) return nodes;
  if (items->empty()) {
    many->error("the list of " + keys.many + " is empty", "a grant needs a " + keys.one);
  }
  nodes.insert(nodes.end(), items->begin(), items->end());
  return nodes;
}

/// A side and its position.
struct PlacedSide {
  YamlCursor node;
  Side side;
};
using Sides = std::vector<PlacedSide>;

/// A short document can ask for more pairs than fit into memory.
bool is_too_much(const YamlMap& spec, std::size_t sources, std::size_t targets, std::size_t most) {
  if (sources < 2 || targets <= most / sources) return false;
  spec.key_node("sources")->error(count_of(sources, "source", "sources") + " with " +
                                      count_of(targets, "target", "targets") +
                                      " come to more than " + std::to_string(most) + " grants",
                                  "split them into several documents, each with a name of its own");
  return true;
}

/// Combines each source with each target. A grant's position is where it differs from its
/// neighbours: its target, or its source if there is only one target.
void pair_up(const Grant& common,
             const AccountId& account,
             const Sides& sources,
             const Sides& targets,
             Authorization& out) {
  const bool has_several_sources = sources.size() > 1;
  const bool has_several_targets = targets.size() > 1;
  for (const PlacedSide& source : sources) {
    for (const PlacedSide& target : targets) {
      out.nodes.push_back({source.node, target.node, has_several_sources, has_several_targets});
      Grant& grant = out.grants.emplace_back(common);
      const bool is_at_source = has_several_sources && !has_several_targets;
      grant.position = (is_at_source ? source : target).node.position();
      grant.subject = source.side.attributes;
      grant.source_instance = source.side.instance;
      grant.resource = target.side.attributes;
      grant.target_instance = target.side.instance;
      grant.key = Key(account, grant.subject, grant.resource);
    }
  }
}

void decode_sides(const YamlMap& spec,
                  const DecodeOptions& options,
                  const Grant& common,
                  Authorization& out) {
  bool is_wide = false;
  spec.read("wide", is_wide);
  const Breadth allowed = is_wide ? Breadth::wide : Breadth::limited;
  Sides sources;
  for (const YamlCursor& node :
       side_nodes(spec, {"source", "sources", "write source: {service: …}"})) {
    sources.push_back({node, decode_source(node, options.account, allowed, options.services)});
  }
  Sides targets;
  for (const YamlCursor& node :
       side_nodes(spec, {"target", "targets", "or \"targets\", a list of them"})) {
    targets.push_back({node, decode_target(node, options.account, allowed, options.services)});
    if (const auto roles = spec.find("roles")) {
      const AttributeSet& attributes = targets.back().side.attributes;
      check_roles(*roles, attributes.equals_value("serviceName"), options.services);
    }
  }
  if (is_too_much(spec, sources.size(), targets.size(), options.most_pairs)) return;
  pair_up(common, options.account, sources, targets, out);
}

void decode_spec(const YamlMap& document,
                 const DecodeOptions& options,
                 Grant common,
                 Authorization& out) {
  const auto node = document.require("spec");
  if (!node) return;
  const YamlMap spec(
      options.params ? node->with_params(*options.params) : *node, kSpecKeys, "spec");
  if (const auto text = spec.find("description")) common.description = decode_description(*text);
  spec.read("protect", common.is_protected);
  spec.read("suspend", common.suspend);
  spec.read("release", common.release);
  decode_roles(spec, common);
  decode_expiry(spec, options.now, common);
  decode_rationale(spec, options.now, common.rationale);
  out.roles_node = spec.find("roles");
  out.expires_node = spec.find("expiresAt");
  decode_sides(spec, options, common, out);
}

}  // namespace

Authorization decode_authorization(const YamlCursor& document, const DecodeOptions& options) {
  const YamlMap map(document, kDocumentKeys, "the document");
  Authorization authorization;
  Grant common;
  DocumentMetadata metadata = decode_metadata(map);
  authorization.name = std::move(metadata.name);
  authorization.name_node = metadata.name_node;
  common.name = authorization.name;
  common.labels = std::move(metadata.labels);
  common.annotations = std::move(metadata.annotations);
  common.rationale.owner = std::move(metadata.owner);
  decode_spec(map, options, std::move(common), authorization);
  return authorization;
}

std::vector<KeyList> authorization_key_lists() {
  return {{"List", list_keys()},
          {"", kDocumentKeys},
          {"metadata", metadata_keys()},
          {"metadata.accounts", account_selector_keys()},
          {"spec", kSpecKeys},
          {"spec.source", source_keys()},
          {"spec.source.attributes[]", attribute_keys()},
          {"spec.source.instance", instance_keys()},
          {"spec.sources[]", source_keys()},
          {"spec.sources[].attributes[]", attribute_keys()},
          {"spec.sources[].instance", instance_keys()},
          {"spec.target", target_keys()},
          {"spec.target.attributes[]", attribute_keys()},
          {"spec.target.instance", instance_keys()},
          {"spec.targets[]", target_keys()},
          {"spec.targets[].attributes[]", attribute_keys()},
          {"spec.targets[].instance", instance_keys()}};
}

}  // namespace authzd
