// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/account_parts.hpp"

#include "daemon/console/plan_words.hpp"
#include "daemon/console/words.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/assertion_text.hpp"
#include "reconciler/report/plan_sentences.hpp"
#include "reconciler/report/plan_text.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace authzd::console {
namespace {

constexpr std::size_t kMostCards = 50;

PlanWords words_of(const AccountPageView& view) {
  return {view.account.status.id, view.names, view.account.status.name};
}

std::vector<const Action*> actions_held_by(const AccountPageView& view, const std::string& hash) {
  std::vector<const Action*> held;
  if (!view.plan) return held;
  for (const Action& action : view.plan->plan.actions) {
    if (std::ranges::find(action.holds, hash, &Hold::hash) != action.holds.end()) {
      held.push_back(&action);
    }
  }
  return held;
}

Markup hold_card(const AccountPageView& view,
                 const HeldActions& hold,
                 std::size_t number,
                 Timestamp now) {
  const AccountStatus& status = view.account.status;
  const bool names_rail = hold.message.starts_with(hold.rail + ": ");
  const std::string said = names_rail ? hold.message : hold.rail + ": " + hold.message;
  Markup card = element("p",
                        element("strong", text(count_of(hold.actions, "action", "actions"))) +
                            text(" held by ") + text(said));
  if (hold.until)
    card += element("p", text("Continues by itself ") + age(*hold.until, now) + text("."));
  card += element("p",
                  text(status.holds.size() > 1
                           ? "To let only these through, as far as no other rail holds "
                             "them:"
                           : "To let exactly these through, after you have "
                             "read them:")) +
          command(approve_command(status, hold));
  const auto actions = actions_held_by(view, hold.hash);
  if (!actions.empty()) {
    const std::string id = "hold-" + std::to_string(number);
    card += action_list(id, actions, words_of(view));
  }
  return element("li", {{"class", "warn-edge"}}, card) + literal("\n");
}

std::vector<const Note*> notes_with(const Plan& plan,
                                    const std::function<bool(const Note&)>& is_wanted) {
  std::vector<const Note*> notes;
  for (const Note& note : plan.notes) {
    if (is_wanted(note)) notes.push_back(&note);
  }
  return notes;
}

/// A policy of ours that others gave more access, and that the mode leaves so.
bool is_widening_of_others(const Note& note) {
  return std::ranges::any_of(note.dropped, takes_back_widening);
}

Markup headed(std::string_view heading, const Markup& content) {
  return content.empty() ? content : element("h2", text(heading)) + content;
}

Markup broken_assertions(const Plan& plan, const PlanWords& words) {
  Markup items;
  std::size_t shown = 0;
  for (const AssertionResult& result : plan.assertions) {
    if (result.findings.empty() || ++shown > kMostCards) continue;
    Markup findings;
    for (const AssertionFinding& finding : result.findings) {
      findings +=
          element("li",
                  text(std::string(to_string(finding.verdict)) + ": " + rule_text(finding)) +
                      literal("<br>") + quiet(culprit_text(finding, words.account, words.names)));
    }
    items += element("li",
                     {{"class", "bad-edge"}},
                     element("strong", text(result_text(result))) + element("ul", findings));
  }
  return items.empty() ? items : of_class("ul", "cards", items);
}

Markup end_items(const Plan& plan, const PlanWords& words) {
  Markup items;
  std::size_t shown = 0;
  for (const GrantEnd& end : plan.ends) {
    if (++shown > kMostListed) break;
    items +=
        element("li",
                element("span", {{"class", "sign"}, {"aria-hidden", "true"}}, text(">")) +
                    of_class("span", "grant", text(parties_text(end, words.account, words.names))) +
                    literal("<br>") + quiet(end.name + " · " + end_text(end)));
  }
  if (items.empty()) return items;
  return of_class("ul", "actions", items) +
         left_out(std::min(shown, kMostListed), plan.ends.size(), "authzd plan shows all of them");
}

constexpr std::size_t kMostPinsListed = 10;

Markup pin_items(const AccountPageView& view) {
  const auto pins = notes_with(view.plan->plan,
                               [](const Note& note) { return note.reason == NoteReason::pinned; });
  if (pins.empty()) return {};
  if (pins.size() > kMostPinsListed) {
    const CountedNotes counted = counted_notes(view.plan->plan, NoteReason::pinned);
    return element("p",
                   text(count_of(pins.size(), "policy is", "policies are") + " pinned (" +
                        counted.names + "): " + counted.because + ".")) +
           command("authzd unpin" + view.account.status.approve_options);
  }
  return note_list(pins, words_of(view)) +
         element("p", text("To have authzd manage one of them again:")) +
         command("authzd unpin NAME" + view.account.status.approve_options);
}

Markup unmanaged_line(const AccountPageView& view) {
  const PlanCounts counts = count(view.plan->plan);
  const std::size_t left_alone = counts.unmanaged + counts.foreign;
  if (left_alone == 0) return {};
  const std::string target = target_with("/reach", {{"account", view.account.status.name}});
  return element(
      "p",
      text(count_of(left_alone, "policy is", "policies are") + " not ours and left alone: ") +
          link(target, text("who may reach what")) + text("."));
}

}  // namespace

Markup held_part(const AccountPageView& view, Timestamp now) {
  const auto& holds = view.account.status.holds;
  Markup cards;
  const std::size_t shown = std::min(holds.size(), kMostCards);
  for (std::size_t i = 0; i < shown; ++i) cards += hold_card(view, holds[i], i, now);
  if (cards.empty()) return {};
  Markup all;
  if (holds.size() > 1) {
    all =
        element("p", text("To let everything through that is held here, once you have read it:")) +
        command(approve_all_command(view.account.status));
  }
  return element("h2", text("Held")) + all + of_class("ul", "cards", cards) +
         left_out(shown, holds.size(), "authzd status shows all of them");
}

Markup widened_part(const AccountPageView& view) {
  if (!view.plan) return {};
  return headed("Widened by others",
                note_list(notes_with(view.plan->plan, is_widening_of_others), words_of(view)));
}

Markup failing_part(const AccountStatus& status, Timestamp now) {
  Markup cards;
  const std::size_t shown = std::min(status.failing.size(), kMostCards);
  for (const FailingObject& object : std::span(status.failing).first(shown)) {
    Markup card = element("p",
                          element("strong", text(object.name)) + text(" " + object.reason + ": ") +
                              text(object.message));
    Markup rest;
    if (!object.id.empty()) {
      rest += text("policy ") + policy_link(status.name, object.id) + text(" ");
    }
    if (object.next_attempt) rest += text("next attempt ") + age(*object.next_attempt, now);
    if (!rest.empty()) card += of_class("p", "quiet", rest);
    cards += element("li", {{"class", "bad-edge"}}, card) + literal("\n");
  }
  if (cards.empty()) return {};
  return element("h2", text("Failing")) + of_class("ul", "cards", cards) +
         left_out(shown, status.failing.size(), "authzd status shows all of them");
}

Markup due_part(const AccountStatus& status, Timestamp now) {
  const auto& dates = status.due_dates.dates;
  const std::size_t shown = std::min(dates.size(), kMostCards);
  Markup rows;
  for (const DueDate& date : std::span(dates).first(shown)) {
    const std::string_view what = date.kind == DueKind::end ? "ends" : "review";
    rows += element("tr",
                    element("th", {{"scope", "row"}}, text(date.name)) + cell("What", text(what)) +
                        cell("When", time_and_age(date.at, now)) + cell("Owner", text(date.owner)));
  }
  if (rows.empty()) return {};
  const Markup head = literal(
      "<th scope=\"col\">Authorization</th><th scope=\"col\">What</th>"
      "<th scope=\"col\">When</th><th scope=\"col\">Owner</th>");
  return element("h2", text("Ends and reviews")) +
         of_class("div", "fold", table("Ends and reviews", head, rows)) +
         left_out(shown,
                  status.due_dates.ends + status.due_dates.reviews,
                  "authzd status -o json has more");
}

Markup plan_part(const AccountPageView& view) {
  if (!view.plan) {
    return element("h2", text("Last plan")) + of_class("p", "quiet", text("There is none yet."));
  }
  const Plan& plan = view.plan->plan;
  const PlanWords words = words_of(view);
  std::vector<const Action*> performed;
  for (const Action& action : plan.actions) {
    if (!is_held(action)) performed.push_back(&action);
  }
  const auto conflicts =
      notes_with(plan, [](const Note& note) { return note.kind == NoteKind::conflict; });
  const auto kept = notes_with(plan, [](const Note& note) {
    return note.kind == NoteKind::kept && note.reason != NoteReason::pinned &&
           !is_widening_of_others(note);
  });
  Markup last = of_class("p", "quiet", text(summary_line(count(plan))));
  if (!performed.empty()) last += action_list("plan", performed, words);
  return headed("Conflicts", note_list(conflicts, words)) +
         headed("Assertions that do not hold", broken_assertions(plan, words)) +
         element("h2", text("Last plan")) + last + unmanaged_line(view) +
         headed("Grants that end", end_items(plan, words)) + headed("Pinned", pin_items(view)) +
         headed("Left alone on purpose", note_list(kept, words));
}

}  // namespace authzd::console
