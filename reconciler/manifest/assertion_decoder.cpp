// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/assertion_decoder.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/account_selector.hpp"
#include "reconciler/manifest/document_header.hpp"
#include "reconciler/manifest/side_decoder.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/pattern/access_relation.hpp"
#include "reconciler/pattern/globs.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kAssertionKeys{"apiVersion", "kind", "metadata", "spec"};
constexpr std::array<std::string_view, 4> kAssertionSpecKeys{
    "description", "never", "always", "only"};
constexpr std::array<std::string_view, 3> kPatternKeys{"source", "target", "roles"};
constexpr std::array<std::string_view, 2> kPatternAttributeKeys{"name", "value"};
constexpr std::array<KeyHint, 1> kPatternTargetHints{
    {{"account",
      "a target is always in the account itself; source.account is for another's services"}}};
constexpr std::array<KeyHint, 1> kAttributeHints{
    {{"operator", "a pattern compares with '*' and '?'; it needs no operator"}}};

constexpr std::string_view kOwn = "own";
constexpr std::string_view kNotOwn = "!own";
constexpr std::string_view kAny = "*";

/// A pattern while it is parsed.
struct Reading {
  AccessPattern pattern;
  bool is_whole = true;  // nothing was refused
};

/// One side of a pattern.
class PatternSide {
 public:
  PatternSide(std::string_view prefix, const ServiceCheck& services, Reading& out)
      : prefix_(prefix), services_(services), out_(out) {}

  void read(const YamlMap& map) {
    for (const auto& [key, attribute] : shorthands()) {
      const auto node = map.find(key);
      if (node) add(*map.key_node(key), attribute, *node);
    }
    const auto node = map.find("attributes");
    const auto items = node ? node->list("write attributes: [{name: …, value: …}]") : std::nullopt;
    if (!items) return;
    for (const YamlCursor& item : *items) read_attribute(item);
  }

 private:
  [[nodiscard]] bool is_source() const { return prefix_ == kSourcePrefix; }

  void read_attribute(const YamlCursor& item) {
    const YamlMap map(item, kPatternAttributeKeys, "an attribute", kAttributeHints);
    const auto name = map.require("name");
    const auto value = map.require("value");
    const auto text = name ? name->text() : std::nullopt;
    if (!text || !value || !check_attribute_value(*name, *text)) return;
    if (*text == "accountId") {
      name->error("accountId cannot be given as an attribute",
                  is_source() ? "write source.account" : "a target is always in the account");
    } else if (is_source() && !is_subject_attribute(*text)) {
      name->error("IAM knows no attribute " + quoted(*text) + " of a source",
                  suggest(*text, Keys(kSubjectAttributes).first(kSubjectAttributes.size() - 1)));
    } else if (const auto meant = miscased_attribute(*text); !meant.empty()) {
      name->error("no attribute is called " + quoted(*text),
                  "did you mean \"" + std::string(meant) + "\"?");
    } else {
      add(*name, *text, *value);
    }
  }

  void add(const YamlCursor& key, std::string_view attribute, const YamlCursor& node) {
    const auto value = node.id_text();
    bool is_good = value && check_attribute_value(node, *value);
    if (is_good && !has_wildcard(*value)) {
      is_good = check_known_attribute(node, attribute, *value, services_);
    }
    out_.is_whole = out_.is_whole && is_good;
    if (!is_good) return;
    const std::string name = std::string(prefix_) + std::string(attribute);
    if (!out_.pattern.parts.emplace(name, *value).second) {
      key.error("attribute " + quoted(attribute) + " is given twice");
    }
  }

  std::string_view prefix_;
  const ServiceCheck& services_;
  Reading& out_;
};

class PatternReader {
 public:
  PatternReader(const AccountId& own, const ServiceCheck& services, AssertionRule rule)
      : own_(own), services_(services), rule_(rule) {}

  AccessPattern read(const YamlCursor& node) const {
    Reading out;
    out.pattern.position = node.position();
    const YamlMap map(node, kPatternKeys, "a pattern");
    if (const auto source = map.find("source")) read_source(*source, out);
    if (const auto target = map.find("target")) {
      const YamlMap side(*target, target_keys(), "target", kPatternTargetHints);
      PatternSide(kTargetPrefix, services_, out).read(side);
    }
    if (const auto roles = map.find("roles")) read_roles(*roles, out.pattern);
    if (node.is_map() && out.is_whole) check_sense(node, out.pattern);
    return std::move(out.pattern);
  }

 private:
  void read_source(const YamlCursor& node, Reading& out) const {
    const YamlMap side(node, source_keys(), "source");
    PatternSide(kSourcePrefix, services_, out).read(side);
    const auto account = side.find("account");
    if (!account) {
      // A rule that allows access for a service must not allow it for that service in another
      // account.
      const bool is_own = rule_ != AssertionRule::never && !side.has("account");
      if (is_own && node.is_map()) set_account(out, own_.value);
      return;
    }
    const auto text = account->id_text();
    if (!text) return;
    if (*text == kOwn) {
      set_account(out, own_.value);
    } else if (*text == kNotOwn) {
      set_account(out, "!" + own_.value);
    } else if (*text != kAny && is_account_id(*text)) {
      set_account(out, to_lower(*text));
    } else if (*text != kAny) {
      out.is_whole = false;
      account->error(quoted(*text) + " is not an account id, nor a word for one",
                     R"(write 32 hex digits, own, "!own" for any other, or "*" for any)");
    }
  }

  static void set_account(Reading& out, const std::string& text) {
    out.pattern.parts.insert_or_assign(std::string(kSourcePrefix) + "accountId", text);
  }

  void read_roles(const YamlCursor& node, AccessPattern& pattern) const {
    const auto items = node.list("write roles: [Reader]");
    if (!items) return;
    if (items->empty()) node.error("the list of roles is empty", "without the key any role fits");
    for (const YamlCursor& item : *items) {
      const auto role = item.text();
      if (!role) continue;
      if (!is_role_text(*role)) {
        item.error(quoted(*role) + " is not a role",
                   "write a display name as IAM shows it, or a role's CRN");
      } else if (std::ranges::find(pattern.roles, *role) != pattern.roles.end()) {
        item.error("role " + quoted(*role) + " is given twice");
      } else {
        pattern.roles.push_back(*role);
      }
    }
    const auto service = pattern.parts.find(std::string(kTargetPrefix) + "serviceName");
    if (service != pattern.parts.end()) check_roles(node, service->second, services_);
  }

  //   rule   | what a pattern must contain
  //   -------+------------------------------------------------
  //   never  | something: otherwise it would forbid every grant
  //   always | something: otherwise any grant would satisfy it
  //   only   | a target, and a source or roles: otherwise it would concern, or allow, everything
  void check_sense(const YamlCursor& node, const AccessPattern& pattern) const {
    const bool has_target = !side_of(pattern.parts, kTargetPrefix).empty();
    const bool has_source = !side_of(pattern.parts, kSourcePrefix).empty();
    const bool has_roles =
        !pattern.roles.empty() && std::ranges::find(pattern.roles, kAny) == pattern.roles.end();
    if (rule_ == AssertionRule::only && !has_target) {
      node.error("a pattern of only needs a target: only says who may reach that, and how",
                 "write target: {service: …}");
    } else if (rule_ == AssertionRule::only && !has_source && !has_roles) {
      node.error("this pattern allows everything on its target", "name a source, or roles");
    } else if (!has_source && !has_target && !has_roles) {
      node.error("this pattern fits every grant", "name a source, a target or roles");
    }
  }

  const AccountId& own_;
  const ServiceCheck& services_;
  AssertionRule rule_;
};

void decode_list(const YamlMap& spec,
                 const PatternReader& reader,
                 AssertionRule rule,
                 std::vector<AccessPattern>& out) {
  const auto node = spec.find(to_string(rule));
  const auto items =
      node ? node->list("write a list of patterns: [{source: …, target: …}]") : std::nullopt;
  if (!items) return;
  const std::string word(to_string(rule));
  if (items->empty()) node->error("the list of " + word + " is empty", "leave the key out");
  if (items->size() > kMaxPatterns) {
    node->error("a list has at most " + std::to_string(kMaxPatterns) + " patterns, got " +
                    std::to_string(items->size()),
                "split them over several assertions");
    return;
  }
  for (const YamlCursor& item : *items) out.push_back(reader.read(item));
}

void decode_spec(const YamlMap& document,
                 const AccountId& own,
                 const ServiceCheck& services,
                 ParamScope* params,
                 Assertion& out) {
  const auto node = document.require("spec");
  if (!node) return;
  const YamlMap spec(params ? node->with_params(*params) : *node, kAssertionSpecKeys, "spec");
  if (const auto text = spec.find("description")) {
    out.description = trim(text->text().value_or(""));
  }
  const std::array<std::pair<AssertionRule, std::vector<AccessPattern>*>, 3> lists{
      {{AssertionRule::never, &out.never},
       {AssertionRule::always, &out.always},
       {AssertionRule::only, &out.only}}};
  bool has_any = false;
  for (const auto& [rule, list] : lists) {
    has_any = has_any || spec.has(to_string(rule));
    decode_list(spec, PatternReader(own, services, rule), rule, *list);
  }
  if (!has_any && node->is_map()) {
    node->error("an assertion needs never, always or only", "write never: [{target: …}]");
  }
}

}  // namespace

DecodedAssertion decode_assertion(const YamlCursor& document,
                                  const AccountId& own,
                                  const ServiceCheck& services,
                                  ParamScope* params) {
  const YamlMap map(document, kAssertionKeys, "the document");
  DecodedAssertion decoded;
  DocumentMetadata metadata = decode_metadata(map);
  decoded.assertion.name = std::move(metadata.name);
  decoded.name_node = metadata.name_node;
  if (decoded.name_node) decoded.assertion.position = decoded.name_node->position();
  decode_spec(map, own, services, params, decoded.assertion);
  return decoded;
}

std::vector<KeyList> assertion_key_lists() {
  std::vector<KeyList> lists{{"", kAssertionKeys},
                             {"metadata", metadata_keys()},
                             {"metadata.accounts", account_selector_keys()},
                             {"spec", kAssertionSpecKeys}};
  constexpr std::array<std::array<std::string_view, 5>, 3> kPaths{
      {{"spec.never[]",
        "spec.never[].source",
        "spec.never[].source.attributes[]",
        "spec.never[].target",
        "spec.never[].target.attributes[]"},
       {"spec.always[]",
        "spec.always[].source",
        "spec.always[].source.attributes[]",
        "spec.always[].target",
        "spec.always[].target.attributes[]"},
       {"spec.only[]",
        "spec.only[].source",
        "spec.only[].source.attributes[]",
        "spec.only[].target",
        "spec.only[].target.attributes[]"}}};
  for (const auto& paths : kPaths) {
    const std::array<Keys, 5> keys{
        kPatternKeys, source_keys(), kPatternAttributeKeys, target_keys(), kPatternAttributeKeys};
    for (std::size_t i = 0; i < paths.size(); ++i) lists.push_back({paths[i], keys[i]});
  }
  return lists;
}

}  // namespace authzd
