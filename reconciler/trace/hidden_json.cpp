// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Processes IAM's documents member by member. The members show what an object is: an attribute, a
// role, a policy.

#include "reconciler/model/key.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/trace/disguise.hpp"
#include "reconciler/trace/treatment.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

class Hider {
 public:
  explicit Hider(const Pseudonyms& pseudonyms) : pseudonyms_(pseudonyms) {}

  TraceJson value(const TraceJson& json, Treatment treatment) const {
    switch (json.type()) {
      case TraceJson::value_t::object:
        return treatment == Treatment::secret ? TraceJson(kSecretMask) : object(json);
      case TraceJson::value_t::array: return list(json, treatment);
      case TraceJson::value_t::string:
        return treated(pseudonyms_, treatment, json.get_ref<const std::string&>());
      case TraceJson::value_t::number_integer:
      case TraceJson::value_t::number_unsigned: return number(json, treatment);
      case TraceJson::value_t::number_float:
        return treatment == Treatment::secret ? TraceJson(kSecretMask) : TraceJson(0.5);
      default: return json;  // true, false, null
    }
  }

 private:
  TraceJson list(const TraceJson& json, Treatment treatment) const {
    if (treatment == Treatment::secret) return kSecretMask;
    TraceJson made = TraceJson::array();
    for (const TraceJson& element : json) made.push_back(value(element, treatment));
    return made;
  }

  /// Times in seconds are not private.
  TraceJson number(const TraceJson& json, Treatment treatment) const {
    if (treatment == Treatment::secret) return kSecretMask;
    std::string digits = json.dump();
    const bool is_negative = digits.starts_with('-');
    if (is_negative) digits.erase(0, 1);
    const std::string made = (is_negative ? "-" : "") + pseudonyms_.number(digits);
    return TraceJson::parse(made, nullptr, false);
  }

  TraceJson object(const TraceJson& json) const {
    if (is_attribute(json)) return attribute(json);
    if (is_role(json)) return role(json);
    TraceJson made = TraceJson::object();
    for (const auto& [name, member] : json.items()) {
      made[free_name(made, pseudonyms_.name(name))] = named(name, member);
    }
    if (is_policy(json)) put_description(json, made);
    return made;
  }

  /// Two names may have the same pseudonym.
  static std::string free_name(const TraceJson& made, std::string name) {
    while (made.contains(name)) name += '_';
    return name;
  }

  TraceJson named(const std::string& name, const TraceJson& member) const {
    const bool is_time = name == "iat" || name == "exp" || name == "expiration" || name == "nbf" ||
                         name == "auth_time" || name == "expires_in";
    if (is_time && member.is_number()) return member;
    if (name == "tags") return tags(member);
    return value(member, treatment_of(name));
  }

  // ── attributes ──
  static bool is_attribute(const TraceJson& json) {
    return json.contains("value") &&
           (member_of(json, "key") != nullptr || member_of(json, "name") != nullptr);
  }

  TraceJson attribute(const TraceJson& json) const {
    const std::string name =
        json.contains("key") ? member_text(json, "key") : member_text(json, "name");
    TraceJson made = TraceJson::object();
    for (const auto& [member, value_of] : json.items()) {
      if (member == "value") {
        made[member] = attribute_value(name, value_of);
      } else if (member == "key" || member == "name") {
        made[member] = value_of.is_string()
                           ? TraceJson(pseudonyms_.name(value_of.get<std::string>()))
                           : named(member, value_of);
      } else {
        made[free_name(made, pseudonyms_.name(member))] = named(member, value_of);
      }
    }
    return made;
  }

  TraceJson attribute_value(const std::string& name, const TraceJson& json) const {
    const bool is_flag = json == "true" || json == "false";
    return is_flag ? json : value(json, treatment_of(name));
  }

  /// Customers choose both the name and the value of tags.
  TraceJson tags(const TraceJson& json) const {
    if (json.is_array()) {
      TraceJson made = TraceJson::array();
      for (const TraceJson& element : json) made.push_back(tags(element));
      return made;
    }
    if (!json.is_object()) return value(json, Treatment::hidden);
    TraceJson made = TraceJson::object();
    for (const auto& [member, value_of] : json.items()) {
      const Treatment treatment = member == "operator" ? Treatment::plain : Treatment::hidden;
      made[free_name(made, pseudonyms_.name(member))] = value(value_of, treatment);
    }
    return made;
  }

  // ── roles ──
  static std::string crn_of(const TraceJson& json) {
    const std::string id = member_text(json, "role_id");
    return id.empty() ? member_text(json, "crn") : id;
  }

  static bool is_role(const TraceJson& json) { return crn_of(json).starts_with("crn:v1:"); }

  /// IBM's text about its own roles is public; that of custom roles is private.
  TraceJson role(const TraceJson& json) const {
    const bool is_of_ibm = is_crn_of_ibm_role(crn_of(json));
    const auto words = is_of_ibm ? Treatment::plain : Treatment::hidden;
    TraceJson made = TraceJson::object();
    for (const auto& [name, member] : json.items()) {
      const bool is_name = name == "display_name" || name == "name";
      const bool is_text = name == "description" || name == "actions";
      TraceJson& to = made[free_name(made, pseudonyms_.name(name))];
      if (is_name) {
        to = value(member, is_of_ibm ? Treatment::plain : Treatment::hidden);
      } else if (is_text) {
        to = value(member, words);
      } else {
        to = named(name, member);
      }
    }
    return made;
  }

  // ── policies ──
  static bool is_policy(const TraceJson& json) {
    const bool has_sides = (json.contains("subject") && json.contains("resource")) ||
                           (json.contains("subjects") && json.contains("resources"));
    return has_sides && member_of(json, "description") != nullptr;
  }

  /// The marker stays valid for its policy: its hash is recomputed over the key in the trace. A
  /// marker that belonged to another policy still does.
  void put_description(const TraceJson& json, TraceJson& made) const {
    const std::string text = member_text(json, "description");
    const Description was = parse_description(text);
    if (!was.marker) return;
    const std::string key = key_hash(json);
    const auto marked = [&](const Marker& marker) {
      Marker other{pseudonyms_.hidden(marker.owner),
                   pseudonyms_.hidden(marker.name),
                   {},
                   marker.is_protected};
      const bool is_its_own = !key.empty() && marker.hash12 == key;
      other.hash12 =
          is_its_own ? key_hash(made) : hex_of(pseudonyms_.hidden("0" + marker.hash12 + "0"));
      return other;
    };
    std::string shown = pseudonyms_.hidden(was.text);
    for (const Marker& rival : was.rivals) shown = render_description(shown, marked(rival));
    made["description"] = render_description(shown, marked(*was.marker));
  }

  /// Twelve hex digits, from letters and digits.
  static std::string hex_of(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string made;
    for (const char c : text.substr(0, 12)) made += kHex[static_cast<unsigned char>(c) % 16U];
    return made;
  }

  static AttributeValue value_of(const TraceJson& json, std::string_view op) {
    if (json.is_boolean()) return json.get<bool>();
    if (op == kStringExists && (json == "true" || json == "false")) return json == "true";
    const bool is_list = op == kStringEqualsAnyOf || op == kStringMatchAnyOf;
    if (json.is_string() && !is_list) return json.get<std::string>();
    std::vector<std::string> values;
    if (json.is_string()) values.push_back(json.get<std::string>());
    if (!json.is_array()) return values;
    for (const TraceJson& each : json) {
      if (each.is_string()) values.push_back(each.get<std::string>());
    }
    return values;
  }

  static const TraceJson* side_of(const TraceJson& json,
                                  std::string_view one,
                                  std::string_view many) {
    const TraceJson* side = member_of(json, one);
    if (side != nullptr) return side;
    side = member_of(json, many);
    return side != nullptr && side->is_array() && !side->empty() ? &side->front() : nullptr;
  }

  static AttributeSet set_of(const TraceJson* side) {
    std::vector<Attribute> attributes;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kLists{
        {{"attributes", ""}, {"tags", "tag:"}}};
    for (const auto& [list, prefix] : kLists) {
      const TraceJson* items = side == nullptr ? nullptr : member_of(*side, list);
      if (items == nullptr || !items->is_array()) continue;
      for (const TraceJson& item : *items) {
        const std::string name =
            item.contains("key") ? member_text(item, "key") : member_text(item, "name");
        std::string op = member_text(item, "operator");
        if (op.empty()) op = kStringEquals;
        const TraceJson* value = member_of(item, "value");
        AttributeValue content = value == nullptr ? AttributeValue{} : value_of(*value, op);
        attributes.push_back({std::string(prefix) + name, std::move(op), std::move(content)});
      }
    }
    return AttributeSet(std::move(attributes));
  }

  /// As authzd computes it: the account is the target's. Empty if the policy names none.
  static std::string key_hash(const TraceJson& policy) {
    const AttributeSet resource = set_of(side_of(policy, "resource", "resources"));
    const AccountId account{std::string(resource.equals_value("accountId"))};
    if (account.empty()) return {};
    return Key(account, set_of(side_of(policy, "subject", "subjects")), resource).hash12();
  }

  const Pseudonyms& pseudonyms_;
};

}  // namespace

TraceJson hidden_json(const Pseudonyms& pseudonyms, const TraceJson& json) {
  return Hider(pseudonyms).value(json, Treatment::hidden);
}

}  // namespace authzd
