// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/authorization_decoder.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/document_header.hpp"
#include "reconciler/manifest/side_decoder.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kDocumentKeys{"apiVersion", "kind", "metadata", "spec"};
constexpr std::array<std::string_view, 4> kMetadataKeys{
    "name", "labels", "annotations", "namespace"};
constexpr std::array<std::string_view, 12> kSpecKeys{"description",
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
                                                     "wide"};

using Texts = std::map<std::string, std::string>;

Texts decode_texts(const YamlCursor& node, const std::string& what) {
  Texts texts;
  if (!node.is_map()) {
    node.error("expected a mapping (" + what + "), got " + node.what(),
               "write " + what + ": {team: storage}");
    return texts;
  }
  for (const auto& [key, value] : node.entries()) {
    const auto name = key.text();
    const auto text = value.text();
    if (!name || !text) continue;
    if (!texts.emplace(*name, *text).second) {
      key.error("key " + quoted(*name) + " is given twice in " + what);
    }
  }
  return texts;
}

/// What Kustomize, Helm and kubectl write beside a name says nothing to authzd, and may be empty.
void check_foreign_metadata(const YamlMap& metadata) {
  const auto annotations = metadata.peek("annotations");
  if (annotations) std::ignore = decode_texts(*annotations, "annotations");
  const auto name = metadata.peek("namespace");
  if (name) std::ignore = name->text();
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
  if (const auto labels = metadata.find("labels")) common.labels = decode_texts(*labels, "labels");
  check_foreign_metadata(metadata);
  common.name = out.name;
}

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

/// The role as IAM names it, whether by display name or by CRN.
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

/// A role that the target's service does not have under that name, and has under another: no more
/// than a warning, since an account may have roles of its own.
void check_role_names(const YamlMap& spec,
                      const AttributeSet& resource,
                      const ServiceCheck& check) {
  const auto node = spec.find("roles");
  if (!node || !node->is_list() || check.names == nullptr) return;
  const std::string_view service = resource.equals_value("serviceName");
  for (const YamlCursor& item : node->list().value_or(std::vector<YamlCursor>())) {
    const std::string meant = check.names->meant_role(service, item.raw_text());
    if (meant.empty()) continue;
    item.warning(
        "role " + quoted(item.raw_text()) + " of " + printable(service) + " is not known offline",
        "did you mean \"" + meant + "\"?");
  }
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

/// A side as it was written, and what it means.
struct DecodedSide {
  YamlCursor node;
  AttributeSet attributes;
};
using Sides = std::vector<DecodedSide>;

/// Few words can ask for more pairs than memory holds.
bool is_too_much(const YamlMap& spec, std::size_t sources, std::size_t targets, std::size_t most) {
  if (sources < 2 || targets <= most / sources) return false;
  spec.key_node("sources")->error(count_of(sources, "source", "sources") + " with " +
                                      count_of(targets, "target", "targets") +
                                      " come to more than " + std::to_string(most) + " grants",
                                  "split them into several documents, each with a name of its own");
  return true;
}

/// Each source with each target. A grant stands where it differs from its neighbours: at its
/// target, or at its source where the target is one for all.
void pair_up(const Grant& common,
             const AccountId& account,
             const Sides& sources,
             const Sides& targets,
             Authorization& out) {
  const bool has_several_sources = sources.size() > 1;
  const bool has_several_targets = targets.size() > 1;
  for (const DecodedSide& source : sources) {
    for (const DecodedSide& target : targets) {
      out.nodes.push_back({source.node, target.node, has_several_sources, has_several_targets});
      Grant& grant = out.grants.emplace_back(common);
      const bool is_at_source = has_several_sources && !has_several_targets;
      grant.position = (is_at_source ? source : target).node.position();
      grant.subject = source.attributes;
      grant.resource = target.attributes;
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
    check_role_names(spec, targets.back().attributes, options.services);
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
  const YamlMap spec(*node, kSpecKeys, "spec");
  if (const auto text = spec.find("description")) common.description = decode_description(*text);
  spec.read("protect", common.is_protected);
  spec.read("suspend", common.suspend);
  spec.read("release", common.release);
  decode_roles(spec, common);
  decode_expiry(spec, options.now, common);
  decode_sides(spec, options, common, out);
}

}  // namespace

Authorization decode_authorization(const YamlCursor& document, const DecodeOptions& options) {
  const YamlMap map(document, kDocumentKeys, "the document");
  Authorization authorization;
  Grant common;
  decode_metadata(map, authorization, common);
  decode_spec(map, options, std::move(common), authorization);
  return authorization;
}

std::vector<KeyList> authorization_key_lists() {
  return {{"List", list_keys()},
          {"", kDocumentKeys},
          {"metadata", kMetadataKeys},
          {"spec", kSpecKeys},
          {"spec.source", source_keys()},
          {"spec.source.attributes[]", attribute_keys()},
          {"spec.sources[]", source_keys()},
          {"spec.sources[].attributes[]", attribute_keys()},
          {"spec.target", target_keys()},
          {"spec.target.attributes[]", attribute_keys()},
          {"spec.targets[]", target_keys()},
          {"spec.targets[].attributes[]", attribute_keys()}};
}

}  // namespace authzd
