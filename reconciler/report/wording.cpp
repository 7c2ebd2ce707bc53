// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/wording.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kArrow = " → ";

/// Attributes with a short word of their own; all others are shown as they are.
struct Worded {
  std::string_view attribute;
  std::string_view word;
};
constexpr std::array kWorded = {
    Worded{"serviceInstance", "instance "},
    Worded{"resourceType", "type "},
    Worded{"resource", "resource "},
    Worded{"resourceGroupId", "resource group "},
    Worded{"region", "region "},
    Worded{"accountId", "account "},
};

bool is_any_group(const Attribute& attribute) {
  return attribute.name == "resourceGroupId" && attribute.op == kStringExists &&
         attribute.value == AttributeValue{true};
}

std::string qualifier(const Attribute& attribute) {
  if (is_any_group(attribute)) return "any resource group";
  const auto* text = std::get_if<std::string>(&attribute.value);
  if (attribute.op != kStringEquals || text == nullptr) return to_string(attribute);
  const auto worded = std::ranges::find(kWorded, attribute.name, &Worded::attribute);
  return worded == kWorded.end() ? to_string(attribute) : std::string{worded->word} + *text;
}

std::string_view head_of(const AttributeSet& attributes) {
  if (const auto service = attributes.equals_value("serviceName"); !service.empty()) return service;
  if (attributes.equals_value("resourceType") == "resource-group") return "any resource group";
  return attributes.find("resourceGroupId") != nullptr ? "anything" : "any service";
}

/// True where the head of the text has said it already, or where it goes without saying.
bool is_said(const Attribute& attribute, std::string_view head, const AccountId& home) {
  if (attribute.op != kStringEquals) return false;
  if (attribute.name == "serviceName") return true;
  if (attribute.name == "accountId") return attribute.value == AttributeValue{home.value};
  return head == "any resource group" && attribute.name == "resourceType";
}

std::string quoted(std::string_view text) {
  return text.empty() ? "none" : "\"" + printable(text) + "\"";
}

std::string extras_text(const std::map<std::string, std::string>& extras) {
  std::vector<std::string> parts;
  for (const auto& [name, json] : extras) parts.push_back(printable(name + " " + json));
  return parts.empty() ? "none" : join(parts, ", ");
}

struct Change {
  std::string label;
  std::string before;
  std::string after;
};

std::vector<Change> changes_of(const PolicyContent& before,
                               const PolicyContent& after,
                               const AccountId& home,
                               const RoleNames& names) {
  std::vector<Change> found;
  if (before.subject != after.subject) {
    found.push_back({"source", party_text(before.subject, home), party_text(after.subject, home)});
  }
  if (before.resource != after.resource) {
    found.push_back(
        {"target", party_text(before.resource, home), party_text(after.resource, home)});
  }
  if (before.roles != after.roles) {
    found.push_back({"roles", roles_text(before.roles, names), roles_text(after.roles, names)});
  }
  if (before.description != after.description) {
    found.push_back({"description", quoted(before.description), quoted(after.description)});
  }
  if (before.extras != after.extras) {
    found.push_back({"other", extras_text(before.extras), extras_text(after.extras)});
  }
  return found;
}

}  // namespace

std::string party_text(const AttributeSet& attributes, const AccountId& home) {
  const std::string_view head = head_of(attributes);
  std::vector<std::string> details;
  for (const Attribute& attribute : attributes.items()) {
    if (!is_said(attribute, head, home)) details.push_back(qualifier(attribute));
  }

  std::string text{head};
  if (!details.empty()) text += " (" + join(details, ", ") + ")";
  return printable(text);
}

std::string roles_text(const RoleSet& roles, const RoleNames& names) {
  std::set<std::string> shown;
  for (const std::string& crn : roles) {
    const auto known = names.find(crn);
    shown.insert(printable(known == names.end() ? role_label(crn) : known->second));
  }
  if (shown.empty()) return "no role";
  return join(std::vector<std::string>(shown.begin(), shown.end()), ", ");
}

std::string grant_text(const PolicyContent& content,
                       const AccountId& home,
                       const RoleNames& names) {
  return party_text(content.subject, home) + std::string{kArrow} +
         party_text(content.resource, home) + " : " + roles_text(content.roles, names);
}

std::vector<Difference> differences(const PolicyContent& before,
                                    const PolicyContent& after,
                                    const AccountId& home,
                                    const RoleNames& names) {
  std::vector<Difference> found;
  for (auto& [label, was, becomes] : changes_of(before, after, home, names)) {
    found.push_back({std::move(label), (was += kArrow) += becomes});
  }
  return found;
}

std::string sides_text(const Action& action, const AccountId& home, const RoleNames& names) {
  std::string wanted;
  std::string has;
  if (action.before && action.after) {
    for (const Change& each : changes_of(*action.before, *action.after, home, names)) {
      wanted += (wanted.empty() ? "" : ", ") + each.label + " " + each.after;
      has += (has.empty() ? "" : ", ") + each.label + " " + each.before;
    }
  } else {
    wanted = action.after ? grant_text(*action.after, home, names) : "nothing";
    has = action.before ? grant_text(*action.before, home, names) : "nothing";
  }
  return "wanted: " + wanted + "; IAM has: " + has;
}

std::string_view reason_text(Reason reason) {
  switch (reason) {
    case Reason::missing: return "no policy grants this yet";
    case Reason::roles_differ: return "the roles are not those of the manifest";
    case Reason::text_differs: return "the description is not that of the manifest";
    case Reason::extras_differ: return "the policy has parts that no manifest can ask for";
    case Reason::marker_rewritten: return "the manifest's name or protection changed";
    case Reason::marker_restored: return "someone took the ownership marker off";
    case Reason::altered: return "someone changed what the policy applies to";
    case Reason::adopted: return "an unmanaged policy is taken over";
    case Reason::released: return "authzd lets go of it; the policy stays";
    case Reason::not_desired: return "no manifest wants it any more";
    case Reason::expired: return "its expiresAt is past";
    case Reason::undone: return "a run is taken back";
    case Reason::unmarked: return "someone took the ownership marker off, and no manifest wants it";
  }
  return "unknown";
}

HeldGroups held_groups(const Plan& plan) {
  HeldGroups groups;
  for (const Action& action : plan.actions) {
    if (!is_held(action)) continue;
    std::vector<std::string> hashes;
    for (const Hold& hold : action.holds) hashes.push_back(hold.rail + " " + hold.hash);
    groups[std::move(hashes)].push_back(&action);
  }
  return groups;
}

std::vector<Difference> removal_facts(const Action& action) {
  std::vector<Difference> facts;
  if (action.verb != Verb::remove || !action.removal) return facts;
  const Removal& removal = *action.removal;
  facts.push_back({"last used",
                   removal.last_permit_at ? to_rfc3339(*removal.last_permit_at)
                                          : "unknown: IAM does not tell"});
  if (!removal.covered_by.empty()) {
    facts.push_back({"covered by", "policy " + printable(removal.covered_by.value)});
  }
  if (removal.made_by) {
    const std::string& maker = removal.made_by->value;
    facts.push_back({"made by", maker.empty() ? "someone else" : printable(maker)});
  }
  if (removal.expires_at) facts.push_back({"expired", to_rfc3339(*removal.expires_at)});
  return facts;
}

const PolicyContent* shown_of(const Note& note) {
  if (note.policy) return &*note.policy;
  const bool has_after = !note.dropped.empty() && note.dropped.front().after;
  return has_after ? &*note.dropped.front().after : nullptr;
}

char symbol_of(Verb verb) {
  switch (verb) {
    case Verb::create: return '+';
    case Verb::update: return '~';
    case Verb::remove: return '-';
  }
  return '?';
}

char symbol_of(NoteKind kind) {
  switch (kind) {
    case NoteKind::conflict: return '!';
    case NoteKind::kept: return '=';
    case NoteKind::unmanaged: return '?';
  }
  return '?';
}

std::string drift_text(const Drift& drift) {
  return printable("changed by " + (drift.by.empty() ? "someone" : drift.by.value) +
                   (drift.at.empty() ? "" : " at " + drift.at));
}

}  // namespace authzd
