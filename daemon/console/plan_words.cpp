// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/plan_words.hpp"

#include "daemon/console/words.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/look_alikes.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace authzd::console {
namespace {

constexpr std::size_t kLookAlikes = 4;  // so many become one entry

const PolicyContent* content_of(const Action& action) {
  if (action.after) return &*action.after;
  return action.before ? &*action.before : nullptr;
}

Markup action_sign(Verb verb) {
  return element("span",
                 {{"class", "sign " + std::string(to_string(verb))}, {"aria-hidden", "true"}},
                 text(std::string(1, symbol_of(verb))));
}

std::string place_of(const SourcePos& position) {
  if (position.file.empty()) return {};
  return position.file + ":" + std::to_string(position.line);
}

Markup difference_list(const Action& action, const PlanWords& words) {
  Markup list;
  const auto add = [&list](std::string_view label, std::string_view what) {
    list += element("dt", text(label)) + element("dd", text(what));
  };
  if (action.verb == Verb::update && action.before && action.after) {
    for (const auto& [label, change] :
         differences(*action.before, *action.after, words.account, words.names)) {
      add(label, change);
    }
  }
  if (action.drift) add("drift", drift_text(*action.drift));
  if (action.author) add("created by", author_text(*action.author));
  for (const auto& [label, fact] : removal_facts(action)) add(label, fact);
  for (const auto& [label, fact] : rationale_facts(action.rationale)) add(label, fact);
  if (action.stall) add("stalled", stall_text(*action.stall));
  if (!action.id.empty()) {
    list +=
        element("dt", text("policy")) + element("dd", policy_link(words.account_name, action.id));
  }
  if (const auto place = place_of(action.position); !place.empty()) add("manifest", place);
  return list.empty() ? list : of_class("dl", "difference", list);
}

/// What look-alikes have in common.
std::string likeness_of(const Action& action, const PlanWords& words) {
  std::string text = std::string(to_string(action.verb)) + " ";
  if (const PolicyContent* content = content_of(action)) {
    text += grant_text(without_ids(*content), words.account, words.names) + ": ";
  }
  return text + std::string(reason_text(action));
}

Markup items_of(std::span<const Action* const> actions, const PlanWords& words) {
  Markup items;
  const std::size_t shown = std::min(actions.size(), kMostListed);
  for (const Action* action : actions.first(shown)) items += action_item(*action, words);
  return of_class("ul", "actions", items) +
         left_out(shown, actions.size(), "authzd plan shows all of them");
}

}  // namespace

Markup action_item(const Action& action, const PlanWords& words, const Markup& more) {
  const PolicyContent* content = content_of(action);
  const std::string what =
      content == nullptr ? action.name : grant_text(*content, words.account, words.names);
  const std::string verb(to_string(action.verb));
  Markup head = action_sign(action.verb) + of_class("span", "heard", text(verb + " ")) +
                of_class("span", "grant", text(what)) + literal("<br>") +
                quiet(action.name + " · " + std::string(to_string(action.risk)) + " · " +
                      std::string(reason_text(action)));
  return element("li", head + difference_list(action, words) + more) + literal("\n");
}

Markup action_list(std::string_view id,
                   std::span<const Action* const> actions,
                   const PlanWords& words) {
  std::map<std::string, std::vector<const Action*>> alike;
  for (const Action* action : actions) alike[likeness_of(*action, words)].push_back(action);
  Markup list;
  std::vector<const Action*> single;
  std::size_t number = 0;
  for (const auto& [likeness, group] : alike) {
    if (group.size() < kLookAlikes) {
      single.insert(single.end(), group.begin(), group.end());
      continue;
    }
    list += element(
        "details",
        {{"id", std::string(id) + "-" + std::to_string(number++)}},
        element("summary",
                element("strong", text(std::to_string(group.size()) + " × ")) + text(likeness)) +
            items_of(group, words));
    if (number == kMostListed) break;
  }
  return single.empty() ? list : list + items_of(single, words);
}

Markup note_list(std::span<const Note* const> notes, const PlanWords& words) {
  Markup items;
  const std::size_t shown = std::min(notes.size(), kMostListed);
  for (const Note* note : notes.first(shown)) {
    const PolicyContent* content = shown_of(*note);
    Markup item;
    if (content != nullptr) {
      item += of_class("span", "grant", text(grant_text(*content, words.account, words.names))) +
              literal("<br>");
    }
    if (!note->name.empty()) item += quiet(note->name + " · ");
    item += text(note->message);
    if (!note->id.empty()) {
      item += literal("<br>") + quiet("policy ") + policy_link(words.account_name, note->id);
    }
    if (note->author) item += literal("<br>") + quiet("created by " + author_text(*note->author));
    if (!note->dropped.empty()) {
      item += difference_list(note->dropped.front(), words);
    } else if (const auto place = place_of(note->position); !place.empty()) {
      item += literal("<br>") + quiet(place);
    }
    items += element("li",
                     element("span",
                             {{"class", "sign"}, {"aria-hidden", "true"}},
                             text(std::string(1, symbol_of(note->kind)))) +
                         item) +
             literal("\n");
  }
  if (items.empty()) return items;
  return of_class("ul", "actions", items) +
         left_out(shown, notes.size(), "authzd plan shows all of them");
}

}  // namespace authzd::console
