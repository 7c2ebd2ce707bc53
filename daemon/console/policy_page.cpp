// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/policy_page.hpp"

#include "daemon/console/history_page.hpp"
#include "daemon/console/plan_words.hpp"
#include "daemon/console/words.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace authzd::console {
namespace {

constexpr std::size_t kMostRows = 100;  // of attributes, roles, conditions

/// Why it is ours or not, in a sentence.
std::string why_whose(const PolicyStory& story) {
  const Observed& policy = *story.policy;
  const Description description = parse_description(policy.content.description);
  if (!policy.template_id.empty()) {
    return "an enterprise template made it: " + policy.template_id;
  }
  if (is_service_made(policy)) return "a service made it: " + policy.created_by.value;
  if (!description.marker) {
    return story.owner == PolicyOwner::ours
               ? "its marker is gone, and authzd remembers that it is ours"
               : "its description has no marker of authzd";
  }
  const std::string marker = description.marker->owner + "/" + description.marker->name;
  if (story.is_disputed) {
    return "it has our marker (" + marker + "), and nothing else shows that authzd wrote it";
  }
  if (story.owner == PolicyOwner::ours) return "its marker names this installation: " + marker;
  return "its marker names another installation: " + marker;
}

Markup whose_part(const PolicyStory& story) {
  return element("strong", text(to_string(story.owner))) + text(": " + why_whose(story));
}

Markup person_and_time(const IamId& who, const std::string& at) {
  if (who.empty() && at.empty()) return {};
  return text((who.empty() ? "unknown" : who.value) + (at.empty() ? "" : " at " + at));
}

Markup wanted_text(const PolicyStory& story) {
  if (!story.wanted) return quiet("no manifest of the last cycle");
  const WantedBy& by = *story.wanted;
  Markup line = element("strong", text(by.name));
  if (!by.position.file.empty()) {
    line += text(", ") +
            element("code", text(by.position.file + ":" + std::to_string(by.position.line)));
  }
  if (!by.revision.empty()) line += text(" in ") + revision(by.revision);
  if (by.is_protected) line += text(" · protected");
  if (by.is_suspended) line += text(" · suspended by its manifest");
  return line;
}

Markup rationale_text(const PolicyStory& story, std::string Rationale::*part) {
  return story.wanted ? text(story.wanted->rationale.*part) : Markup();
}

Markup use_of(const PolicyStory& story, Timestamp now) {
  if (!story.policy->last_permit_at) return quiet("not known, or never");
  return time_and_age(*story.policy->last_permit_at, now);
}

Markup pin_of(const PolicyStory& story, Timestamp now) {
  if (!story.pin) return {};
  return text("by the undo ") +
         link(run_target(story.account_name, story.pin->run), text(story.pin->run)) + text(" ") +
         age(story.pin->at, now) + text("; it stays as it is until its manifest changes");
}

Markup story_facts(const PolicyStory& story, Timestamp now) {
  const Markup account = link(account_target(story.account_name), text(story.account_name));
  Markup suspended;
  if (story.is_suspended) suspended = text("this account is suspended: nothing is written");
  if (!story.policy) {
    return facts({{"Account", account}, {"Pinned", pin_of(story, now)}, {"Suspended", suspended}});
  }
  const Observed& policy = *story.policy;
  Markup review;
  if (story.wanted && story.wanted->rationale.review_by) {
    review = time_and_age(*story.wanted->rationale.review_by, now);
  }
  Markup ends;
  if (story.wanted && story.wanted->expires_at) ends = time_and_age(*story.wanted->expires_at, now);
  return facts(
      {{"Account", account},
       {"Whose", whose_part(story)},
       {"Wanted by", wanted_text(story)},
       {"Owner", rationale_text(story, &Rationale::owner)},
       {"Rationale", rationale_text(story, &Rationale::reason)},
       {"Ticket", rationale_text(story, &Rationale::ticket)},
       {"Ends", ends},
       {"Review by", review},
       {"Created by", person_and_time(policy.created_by, policy.created_at)},
       {"Changed last by", person_and_time(policy.last_modified_by, policy.last_modified_at)},
       {"Last used", use_of(story, now)},
       {"Pinned", pin_of(story, now)},
       {"Suspended", suspended},
       {"As listed", age(story.listed, now)}});
}

Markup grant_row(std::string_view part_of_it, const std::string& what) {
  return element("tr",
                 element("th", {{"scope", "row"}}, text(part_of_it)) + cell("", text(what, 600))) +
         literal("\n");
}

/// All of it, as IAM has it: no attribute is left out for being odd.
Markup granted_part(const PolicyStory& story) {
  const PolicyContent& content = story.policy->content;
  Markup rows;
  std::size_t shown = 0;
  std::size_t all = 0;
  const auto add = [&](std::string_view part_of_it, const std::string& what) {
    if (++all > kMostRows) return;
    ++shown;
    rows += grant_row(part_of_it, what);
  };
  for (const Attribute& each : content.subject.items()) add("Source", authzd::to_string(each));
  for (const Attribute& each : content.resource.items()) add("Target", authzd::to_string(each));
  for (const std::string& crn : content.roles) {
    const std::string name = roles_text({crn}, story.names);
    add("Role", name == crn ? crn : name + " (" + crn + ")");
  }
  for (const auto& [name, json] : content.extras) add(name, json);
  add("Description", content.description);
  const Markup head = literal("<th scope=\"col\">Part</th><th scope=\"col\">Value</th>");
  return element("h2", text("What it grants")) +
         of_class("p", "grant", text(grant_text(content, story.account, story.names))) +
         of_class("div", "fold", table("What it grants", head, rows)) + left_out(shown, all);
}

Markup held_actions(const PolicyStory& story) {
  if (story.planned.empty()) return {};
  const PlanWords words{story.account, story.names, story.account_name};
  Markup items;
  for (const Action& action : story.planned) {
    Markup more;
    for (const Hold& hold : action.holds) {
      more += element("p", text("Held by " + hold.rail + ": " + hold.message)) +
              command("authzd approve " + hold.hash + story.options);
    }
    items += action_item(action, words, more);
  }
  return element("h2", text("Wanted, and not done")) + of_class("ul", "actions", items);
}

Markup notes_of(const PolicyStory& story) {
  if (story.notes.empty()) return {};
  std::vector<const Note*> notes;
  for (const Note& note : story.notes) notes.push_back(&note);
  return element("h2", text("What the last plan says of it")) +
         note_list(notes, {story.account, story.names, story.account_name});
}

Markup past_of_it(const PolicyStory& story, Timestamp now) {
  if (story.changes.empty()) {
    return of_class("p", "quiet", text("No change of it by authzd is recorded."));
  }
  return change_list(story.changes, {{story.account, story.names}}, now);
}

}  // namespace

std::string policy_page(const Frame& frame, const PolicyStory& story) {
  Markup content;
  if (!story.policy) {
    content +=
        of_class("p",
                 "lead",
                 text(story.is_list_kept
                          ? "IAM no longer has it, as far as the last cycle saw. What authzd "
                            "did to it is below."
                          : "Whether IAM has it is not shown here: the list of the last cycle "
                            "is kept only with admin.listen, and if it is not too long. "
                            "'authzd list --id' asks IAM. What authzd did to it is below."));
  }
  content += story_facts(story, frame.now);
  if (story.policy) content += granted_part(story);
  content += held_actions(story) + notes_of(story) + element("h2", text("What authzd did to it")) +
             past_of_it(story, frame.now);
  return page(frame,
              {"Policy " + clipped(story.id.value, 40), Section::none},
              element("h1", text("Policy " + clipped(story.id.value, 120))) + literal("\n") +
                  part("policy", content));
}

}  // namespace authzd::console
