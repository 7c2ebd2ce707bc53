// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/authorization_decoder.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/side_decoder.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/manifest/yaml_text.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kDocumentKeys{"apiVersion", "kind", "metadata", "spec"};
constexpr std::array<std::string_view, 2> kMetadataKeys{"name", "labels"};
constexpr std::array<std::string_view, 10> kSpecKeys{"description",
                                                     "source",
                                                     "target",
                                                     "targets",
                                                     "roles",
                                                     "delegate",
                                                     "protect",
                                                     "suspend",
                                                     "release",
                                                     "expiresAt"};
constexpr std::size_t kMaxDescription = 200;
constexpr std::string_view kMarkerBegin = "(authzd:";

void decode_labels(const YamlCursor& node, std::map<std::string, std::string>& labels) {
  if (!node.is_map()) {
    node.error("expected a mapping (labels), got " + node.what(), "write labels: {team: storage}");
    return;
  }
  for (const auto& [key, value] : node.entries()) {
    const auto name = key.text();
    const auto text = value.text();
    if (!name || !text) continue;
    if (!labels.emplace(*name, *text).second) {
      key.error("key " + quoted(*name) + " is given twice in labels");
    }
  }
}

void decode_metadata(const YamlMap& document, Authorization& out, Grant& common) {
  const auto node = document.require("metadata", "write metadata: {name: …}");
  if (!node) return;
  const YamlMap metadata(*node, kMetadataKeys, "metadata");
  if (const auto name = metadata.require("name")) {
    const auto text = name->text();
    if (text && check_name(*name, *text, "metadata.name")) out.name = *text;
    out.name_node = *name;
  }
  if (const auto labels = metadata.find("labels")) decode_labels(*labels, common.labels);
  common.name = out.name;
}

std::string decode_description(const YamlCursor& node) {
  const auto text = node.text();
  if (!text) return {};
  std::string description(trim(*text));
  const std::size_t length = count_characters(description);
  if (length > kMaxDescription) {
    node.error("a description has at most 200 characters; this one has " + std::to_string(length));
  }
  if (description.find_first_of("\n\t") != std::string::npos) {
    node.error("a description is one line, without tabs");
  }
  if (description.find(kMarkerBegin) != std::string::npos) {
    node.error("a description must not hold \"(authzd:\"",
               "authzd writes its own marker behind the description");
  }
  return description;
}

/// The role as IAM names it, whether by display name or by CRN.
bool is_delegator(std::string_view role) {
  return role == kAuthorizationDelegator ||
         (is_role_crn(role) && role.ends_with(":role:AuthorizationDelegator"));
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

std::vector<YamlCursor> target_nodes(const YamlMap& spec) {
  const auto one = spec.find("target");
  const auto many = spec.find("targets");
  if (spec.has("target") && spec.has("targets")) {
    spec.key_node("targets")->error("target and targets exclude each other",
                                    "put all of them under targets");
  }
  if (!spec.has("target") && !spec.has("targets") && spec.node().is_map()) {
    spec.node().error("missing key \"target\" in spec", "or \"targets\", a list of them");
  }
  std::vector<YamlCursor> nodes;
  if (one) nodes.push_back(*one);
  if (!many) return nodes;
  const auto items = many->list("write target: for exactly one");
  if (!items) return nodes;
  if (items->empty()) many->error("the list of targets is empty", "a grant needs a target");
  nodes.insert(nodes.end(), items->begin(), items->end());
  return nodes;
}

void decode_spec(const YamlMap& document,
                 const AccountId& account,
                 Timestamp now,
                 Grant common,
                 Authorization& out) {
  const auto node = document.require("spec");
  if (!node) return;
  const YamlMap spec(*node, kSpecKeys, "spec");
  if (const auto text = spec.find("description")) common.description = decode_description(*text);
  spec.read("protect", common.is_protected);
  spec.read("suspend", common.suspend);
  spec.read("release", common.release);
  decode_roles(spec, common);
  decode_expiry(spec, now, common);
  if (const auto source = spec.require("source", "write source: {service: …}")) {
    common.subject = decode_source(*source, account);
  }
  for (const YamlCursor& target : target_nodes(spec)) {
    out.target_nodes.push_back(target);
    Grant& grant = out.grants.emplace_back(common);
    grant.position = target.position();
    grant.resource = decode_target(target, account);
    grant.key = Key(account, grant.subject, grant.resource);
  }
}

}  // namespace

Authorization decode_authorization(const YamlCursor& document,
                                   const AccountId& account,
                                   Timestamp now) {
  const YamlMap map(document, kDocumentKeys, "the document");
  Authorization authorization;
  Grant common;
  decode_metadata(map, authorization, common);
  decode_spec(map, account, now, std::move(common), authorization);
  return authorization;
}

std::vector<KeyList> authorization_key_lists() {
  return {{"", kDocumentKeys},
          {"metadata", kMetadataKeys},
          {"spec", kSpecKeys},
          {"spec.source", source_keys()},
          {"spec.source.attributes[]", attribute_keys()},
          {"spec.target", target_keys()},
          {"spec.target.attributes[]", attribute_keys()},
          {"spec.targets[]", target_keys()},
          {"spec.targets[].attributes[]", attribute_keys()}};
}

}  // namespace authzd
