// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/wording.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace authzd {
namespace {

// Shown instead of a service name if there is none.
constexpr std::string_view kAnyGroup = "any resource group";
constexpr std::string_view kAnything = "anything";
constexpr std::string_view kAnyService = "any service";

/// Attributes with a short word; all others are shown unchanged.
struct Worded {
  std::string_view attribute;
  std::string_view word;
};
constexpr std::array kWorded = {
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

/// Not a CRN, so it cannot be confused with a role.
std::string instance_key(std::string_view service, std::string_view id) {
  return "instance " + std::string{service} + " " + std::string{id};
}

/// "prod-kms (5104…)": only the name, if the id is not known.
std::string instance_text(const Attribute& attribute,
                          std::string_view service,
                          const RoleNames& names) {
  const auto& id = std::get<std::string>(attribute.value);
  if (is_unknown_instance(attribute)) {
    return "instance named " + quote_value(name_in(attribute).name);
  }
  const auto name = instance_name(service, id, names);
  const std::string shown = quote_value(id);
  return "instance " + (name ? quote_value(*name) + " (" + shown + ")" : shown);
}

std::string qualifier(const Attribute& attribute,
                      std::string_view service,
                      const RoleNames& names) {
  if (is_any_group(attribute)) return std::string{kAnyGroup};
  const auto* text = std::get_if<std::string>(&attribute.value);
  const bool is_instance = attribute.name == kServiceInstance && text != nullptr;
  if (is_instance && (attribute.op == kStringEquals || is_unknown_instance(attribute))) {
    return instance_text(attribute, service, names);
  }
  if (attribute.op != kStringEquals || text == nullptr) return to_string(attribute);
  const auto worded = std::ranges::find(kWorded, attribute.name, &Worded::attribute);
  return worded == kWorded.end() ? to_string(attribute)
                                 : std::string{worded->word} + quote_value(*text);
}

std::string_view service_or_scope(const AttributeSet& attributes) {
  if (const auto service = attributes.equals_value("serviceName"); !service.empty()) return service;
  if (attributes.equals_value("resourceType") == "resource-group") return kAnyGroup;
  return attributes.find("resourceGroupId") != nullptr ? kAnything : kAnyService;
}

bool is_any(std::string_view head) {
  return head == kAnyGroup || head == kAnything || head == kAnyService;
}

/// True if the head of the text already contains it, or if it is obvious.
bool is_said(const Attribute& attribute, std::string_view head, const AccountId& home) {
  if (attribute.op != kStringEquals) return false;
  if (attribute.name == "serviceName") return attribute.value == AttributeValue{std::string{head}};
  if (attribute.name == "accountId") return attribute.value == AttributeValue{home.value};
  return head == kAnyGroup && attribute.name == "resourceType";
}

/// IBM's names are words with single spaces between; any other is quoted, so that it cannot look
/// like two roles, or the rest of the line.
std::string role_name_text(std::string_view name) {
  std::string words{name};
  std::ranges::replace(words, ' ', '_');
  const bool has_gap = words.find("__") != std::string::npos && name.find("__") == name.npos;
  const bool is_plain = quote_value(words) == words && !words.starts_with('_') && !has_gap;
  return is_plain ? std::string{name} : quote(name);
}

/// A custom role may have any name, even that of an IBM role: only the CRN distinguishes them.
std::string role_text(const std::string& crn, const RoleNames& names) {
  const auto known = names.find(crn);
  if (known == names.end()) return quote_value(crn);
  const std::string name = role_name_text(known->second);
  return is_predefined_role(crn) ? name : name + " (" + quote_value(crn) + ")";
}

std::string last_use_text(const Removal& removal) {
  if (removal.last_permit_at) return to_rfc3339(*removal.last_permit_at);
  return removal.is_never_used ? "never: it has permitted nothing, says IAM"
                               : "unknown: IAM does not tell";
}

}  // namespace

RoleNames::value_type instance_entry(std::string_view service,
                                     std::string_view id,
                                     std::string name) {
  return {instance_key(service, id), std::move(name)};
}

std::optional<std::string> instance_name(std::string_view service,
                                         std::string_view id,
                                         const RoleNames& names) {
  const auto known = names.find(instance_key(service, id));
  return known == names.end() ? std::nullopt : std::optional(known->second);
}

std::string party_text(const AttributeSet& attributes,
                       const AccountId& home,
                       const RoleNames& names) {
  const std::string_view head = service_or_scope(attributes);
  std::vector<std::string> details;
  for (const Attribute& attribute : attributes.items()) {
    if (!is_said(attribute, head, home)) details.push_back(qualifier(attribute, head, names));
  }

  std::string text = is_any(head) ? std::string{head} : quote_value(head);
  if (!details.empty()) text += " (" + join(details, ", ") + ")";
  return text;
}

std::string roles_text(const RoleSet& roles, const RoleNames& names) {
  if (roles.empty()) return "no role";
  std::map<std::string, std::vector<std::string>> crns_by_text;
  for (const std::string& crn : roles) crns_by_text[role_text(crn, names)].push_back(crn);
  std::vector<std::string> shown;
  for (const auto& [text, crns] : crns_by_text) {
    if (crns.size() == 1) {
      shown.push_back(text);
      continue;
    }
    for (const std::string& crn : crns) shown.push_back(text + " (" + quote_value(crn) + ")");
  }
  return join(shown, ", ");
}

std::string grant_text(const PolicyContent& content,
                       const AccountId& home,
                       const RoleNames& names) {
  return party_text(content.subject, home, names) + std::string{kArrow} +
         party_text(content.resource, home, names) + " : " + roles_text(content.roles, names);
}

std::string_view reason_text(const Action& action) {
  switch (action.reason) {
    case Reason::missing:
      return action.drift ? "someone deleted the policy that granted this"
                          : "no policy grants this yet";
    case Reason::roles_differ: return "the roles are not those of the manifest";
    case Reason::text_differs: return "the description is not that of the manifest";
    case Reason::extras_differ: return "the policy has parts that no manifest can ask for";
    case Reason::marker_rewritten: return "the manifest's name or protection changed";
    case Reason::marker_restored: return "someone took the ownership marker off";
    case Reason::altered: return "someone changed what the policy applies to";
    case Reason::adopted: return "an unmanaged policy is taken over";
    case Reason::released: return "authzd stops managing it; the policy stays";
    case Reason::not_desired: return "no manifest wants it any more";
    case Reason::expired: return "its expiresAt is past";
    case Reason::added_by_others:
      return "someone added access to it; its own change is held, and waits";
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

HeldSum held_sum(const HeldGroups& groups) {
  HeldSum sum;
  std::set<std::string> holds;
  for (const auto& [hashes, actions] : groups) {
    sum.actions += actions.size();
    holds.insert(hashes.begin(), hashes.end());
  }
  sum.holds = holds.size();
  return sum;
}

std::string held_sum_text(const HeldSum& sum) {
  return count_of(sum.actions, "action", "actions") + ", in " +
         count_of(sum.holds, "hold", "holds");
}

std::vector<Difference> removal_facts(const Action& action) {
  std::vector<Difference> facts;
  if (!action.removal) return facts;
  const Removal& removal = *action.removal;
  facts.push_back({"last used", last_use_text(removal)});
  if (!removal.covered_by.empty()) {
    facts.push_back({"covered by",
                     "policy " + printable(removal.covered_by.value) +
                         (removal.covered_since ? " since " + to_rfc3339(*removal.covered_since)
                                                : ", since when is unknown")});
  }
  if (removal.made_by) {
    const std::string& maker = removal.made_by->value;
    facts.push_back({"made by", maker.empty() ? "someone else" : printable(maker)});
  }
  if (removal.expires_at) {
    facts.push_back({"expired",
                     to_rfc3339(*removal.expires_at) +
                         (removal.is_announced ? ", as announced" : ", announced too late")});
  }
  if (!removal.dependents.empty()) {
    std::vector<std::string> ids;
    for (const PolicyId& id : removal.dependents) ids.push_back(printable(id.value));
    facts.push_back({"ends too", "what services made of it: policy " + join(ids, ", ")});
  }
  return facts;
}

std::vector<Difference> rationale_facts(const Rationale& rationale) {
  std::vector<Difference> facts;
  if (!rationale.owner.empty()) facts.push_back({"owner", printable(rationale.owner)});
  if (!rationale.reason.empty()) facts.push_back({"purpose", printable(rationale.reason)});
  if (!rationale.ticket.empty()) facts.push_back({"ticket", printable(rationale.ticket)});
  if (rationale.review_by) facts.push_back({"review by", to_rfc3339(*rationale.review_by)});
  return facts;
}

std::string end_text(const GrantEnd& end) {
  if (!end.after) return "no longer ends (it was to end at " + to_rfc3339(*end.before) + ")";
  std::string text = "ends at " + to_rfc3339(*end.after) + ", then deleted";
  if (end.before && is_change(end)) text += " (it was to end at " + to_rfc3339(*end.before) + ")";
  return text;
}

std::string parties_text(const GrantEnd& end, const AccountId& home, const RoleNames& names) {
  return party_text(end.subject, home, names) + std::string{kArrow} +
         party_text(end.resource, home, names);
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
  const std::string at = drift.at.empty() ? "" : " at " + drift.at;
  if (drift.deleted.empty()) {
    return printable("changed by " + (drift.by.empty() ? "someone" : drift.by.value) + at);
  }
  const std::string by =
      drift.by.empty() ? "; IAM does not tell by whom any more" : " by " + drift.by.value + at;
  return printable("policy " + drift.deleted.value + " was deleted" + by);
}

std::string author_text(const Authorship& author) {
  std::string text = author.created_by.empty() ? "someone" : author.created_by.value;
  if (!author.created_at.empty()) text += " at " + author.created_at;
  if (!author.changed_at.empty()) {
    text += "; last changed by " +
            (author.changed_by.empty() ? "someone" : author.changed_by.value) + " at " +
            author.changed_at;
  }
  return printable(text);
}

std::vector<std::string> caution_texts(const PlanCounts& counts) {
  std::vector<std::string> texts;
  if (counts.unknown_use > 0) {
    texts.push_back("Last use unknown: IAM does not tell it for " +
                    count_of(counts.unknown_use, "policy", "policies") + " to be deleted.");
  }
  if (counts.stalled > 0) {
    texts.push_back("Stalled: " + count_of(counts.stalled, "object", "objects") +
                    ", needed for three cycles running or more.");
  }
  return texts;
}

std::string summary_line(const PlanCounts& counts) {
  return "Plan: " + std::to_string(counts.creates) + " to create, " +
         std::to_string(counts.updates) + " to update, " + std::to_string(counts.removes) +
         " to delete; " + std::to_string(counts.held) + " held, " +
         count_of(counts.conflicts, "conflict", "conflicts") + ", " +
         std::to_string(counts.unmanaged) + " unmanaged.";
}

std::vector<std::string> adoption_texts(const PlanCounts& counts) {
  std::vector<std::string> texts;
  if (counts.kept > 0) {
    texts.push_back("Kept: " + count_of(counts.kept, "grant", "grants") +
                    " that policies which are not ours give already.");
  }
  const std::size_t all = counts.identical + counts.differing;
  if (all > 0) {
    std::string text =
        "Not managed, and wanted by a manifest: " + count_of(all, "policy", "policies") + " (" +
        std::to_string(counts.identical) + " with the roles that are wanted, " +
        std::to_string(counts.differing) + " with others). ";
    text += counts.identical > 0 ? "--adopt identical (in a configuration adopt: identical) takes "
                                   "over those with the same roles"
                                 : "";
    if (counts.differing > 0) {
      text += std::string(counts.identical > 0 ? "; " : "") + "--adopt always (adopt: always) " +
              (counts.identical > 0 ? "takes over all, and gives the others the roles of their "
                                      "manifests"
                                    : "takes them over, and gives them the roles of their "
                                      "manifests");
    }
    texts.push_back(text + ".");
  }
  if (counts.may_be_ours > 0) {
    texts.push_back("Marker missing: " + count_of(counts.may_be_ours, "policy", "policies") +
                    " of these may have been ours before another tool rewrote them: see above who "
                    "did, and when.");
  }
  return texts;
}

}  // namespace authzd
