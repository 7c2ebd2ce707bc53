// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/look_alikes.hpp"

#include "reconciler/model/marker.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 3> kIds{"serviceInstance", "resource", "resourceGroupId"};

bool is_id(const Attribute& attribute) {
  const auto* value = std::get_if<std::string>(&attribute.value);
  return value != nullptr && attribute.op == kStringEquals &&
         std::ranges::find(kIds, attribute.name) != kIds.end() &&
         value->find('*') == std::string::npos;
}

constexpr const char* kVarious = "various";

AttributeSet side_without_ids(const AttributeSet& side) {
  std::vector<Attribute> attributes = side.copy_items();
  for (Attribute& attribute : attributes) {
    if (is_id(attribute)) attribute.value = kVarious;
  }
  return AttributeSet(std::move(attributes));
}

/// `side` with "various" for each id that another of `all` has not.
AttributeSet common_side(const AttributeSet& side,
                         std::span<const PolicyContent* const> all,
                         AttributeSet PolicyContent::*member) {
  std::vector<Attribute> attributes = side.copy_items();
  for (Attribute& attribute : attributes) {
    if (!is_id(attribute)) continue;
    const bool is_common = std::ranges::all_of(all, [&](const PolicyContent* each) {
      const Attribute* found = (each->*member).find(attribute.name);
      return found != nullptr && *found == attribute;
    });
    if (!is_common) attribute.value = kVarious;
  }
  return AttributeSet(std::move(attributes));
}

/// Only what authzd itself writes into the description changes: no text, no protection.
bool keeps_text(const Action& action) {
  if (!action.before || !action.after) return false;
  const Description before = parse_description(action.before->description);
  const Description after = parse_description(action.after->description);
  const auto protects = [](const Description& description) {
    return description.marker && description.marker->is_protected;
  };
  return before.text == after.text && protects(before) == protects(after);
}

}  // namespace

bool is_marker_only(const Action& action) {
  return action.verb == Verb::update && action.risk == Risk::neutral && keeps_text(action);
}

PolicyContent without_ids(const PolicyContent& content) {
  PolicyContent brief;
  brief.subject = side_without_ids(content.subject);
  brief.resource = side_without_ids(content.resource);
  brief.roles = content.roles;
  return brief;
}

PolicyContent common_content(std::span<const PolicyContent* const> alike) {
  const PolicyContent& first = *alike.front();
  PolicyContent brief;
  brief.subject = common_side(first.subject, alike, &PolicyContent::subject);
  brief.resource = common_side(first.resource, alike, &PolicyContent::resource);
  brief.roles = first.roles;
  return brief;
}

PolicyContent common_content(std::span<const Action* const> group) {
  std::vector<const PolicyContent*> contents;
  for (const Action* action : group) contents.push_back(&*action->after);
  return common_content(contents);
}

std::optional<Likeness> likeness_of(const Action& action) {
  const bool is_harmless = action.verb == Verb::create || is_marker_only(action);
  if (!is_harmless || !action.after || action.drift || action.stall || is_held(action)) return {};
  const PolicyContent content = without_ids(*action.after);
  return Likeness{action.verb, action.reason, content.subject, content.resource, content.roles};
}

std::vector<std::vector<const Action*>> look_alikes(std::span<const Action* const> actions) {
  std::vector<std::vector<const Action*>> groups;
  std::map<Likeness, std::size_t> places;
  for (const Action* action : actions) {
    const auto likeness = likeness_of(*action);
    if (!likeness) {
      groups.push_back({action});
      continue;
    }
    const auto [place, is_new] = places.emplace(*likeness, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(action);
  }
  return groups;
}

std::string alike_text(std::span<const Action* const> group) {
  const Action& first = *group.front();
  std::string text = std::to_string(group.size()) + " alike";
  if (const auto risk = risk_text(first); !risk.empty()) text += " · " + std::string(risk);
  text += " · " + std::string(to_string(first.reason));
  if (first.verb == Verb::update) text += ", marker only";
  return text + "; --full shows each";
}

bool is_dropped(const Note& note) {
  return note.kind == NoteKind::kept && note.dropped.size() == 1;
}

bool waits_for_wave(const Plan& plan) {
  return std::ranges::any_of(
      plan.notes, [](const Note& note) { return note.reason == NoteReason::waits_for_wave; });
}

std::string nothing_done_text(const Plan& plan) {
  const std::size_t dropped = count(plan).dropped;
  if (waits_for_wave(plan)) {
    return "Nothing to do before the account's wave: " +
           count_of(dropped, "change waits", "changes wait");
  }
  return "Nothing to do in this mode: it does not allow " + count_of(dropped, "change", "changes");
}

std::vector<std::vector<const Note*>> dropped_alike(const Plan& plan) {
  std::vector<const Action*> actions;
  std::map<const Action*, const Note*> notes;
  for (const Note& note : plan.notes) {
    if (!is_dropped(note)) continue;
    actions.push_back(&note.dropped.front());
    notes.emplace(actions.back(), &note);
  }
  std::vector<std::vector<const Note*>> groups;
  if (actions.size() <= kManyActions) return groups;
  for (const auto& group : look_alikes(actions)) {
    auto& alike = groups.emplace_back();
    for (const Action* action : group) alike.push_back(notes.at(action));
  }
  return groups;
}

}  // namespace authzd
