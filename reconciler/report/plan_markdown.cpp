// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/plan_markdown.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/assertion_text.hpp"
#include "reconciler/report/fitting.hpp"
#include "reconciler/report/plan_sentences.hpp"

#include <algorithm>

namespace authzd {
namespace {

// Separates two characters that would otherwise form a mention, a reference, an emoji or a link. It
// is absent when the text is copied.
constexpr std::string_view kNothing = "<!-- -->";

std::string entity(char c) {
  return "&#" + std::to_string(static_cast<int>(c)) + ";";
}

std::string cell(std::string_view text) {
  return " " + std::string{text} + " |";
}

std::string place(const SourcePos& position) {
  return position.file.empty() ? "" : markdown_escape(to_string(position));
}

/// Which rows stay longest, where there are too many: what needs a person, what changes, the rest.
enum class Rank {
  held,
  conflicts,
  runnable,
  ends,
  assertions,
  dropped,
  details,
  kept,
  unmanaged,
};

/// So many actions are read as a list, in the plan's order. Of more, some may be left out.
constexpr std::size_t kLongTable = 40;

class MarkdownWriter {
 public:
  MarkdownWriter(const Plan& plan, const TextOptions& options) : plan_(plan), options_(options) {}

  std::string write(std::size_t limit) && {
    const PlanCounts counts = count(plan_);
    const std::string summary = summary_line(counts);
    const bool named = !options_.account_name.empty();
    std::string top = "### authzd: account " +
                      markdown_escape(named ? options_.account_name : plan_.account.value) +
                      "\n\n**" + summary + "**\n\n";
    if (is_quiet(plan_)) top += quiet_text(counts, leaves_something(plan_)) + "\n\n";
    for (const std::string& text : adoption_texts(counts)) top += markdown_escape(text) + "\n\n";
    const std::string caution = options_.lacks_state ? without_state_text(plan_) : std::string();
    if (!caution.empty()) top += markdown_escape(caution) + "\n\n";
    add(std::move(top));
    runnable();
    held();
    ends();
    conflicts();
    assertions();
    dropped();
    details();
    fold("Kept on purpose", note_items(NoteKind::kept), Rank::kept);
    fold("Not managed here", note_items(NoteKind::unmanaged), Rank::unmanaged);
    add(footer() + summary + "\n");
    return fit(parts_, limit);
  }

 private:
  [[nodiscard]] std::string quiet_text(const PlanCounts& counts, bool leaves_something) const {
    if (counts.dropped > 0) return nothing_done_text(plan_) + ".";
    return leaves_something ? "Nothing to do, but for what is left alone."
                            : "Nothing to do: IAM is as the manifests say.";
  }

  void add(std::string text) { parts_.push_back({.head = std::move(text)}); }

  void add(std::string head, std::vector<std::string> rows, std::string tail, Rank rank) {
    parts_.push_back({std::move(head), std::move(rows), std::move(tail), static_cast<int>(rank)});
  }

  void table(std::vector<const Action*> actions, Rank rank) {
    if (actions.empty()) return;
    if (actions.size() > kLongTable) {
      std::stable_partition(actions.begin(), actions.end(), [](const Action* action) {
        return action->verb == Verb::remove;
      });
    }
    std::vector<std::string> rows;
    for (const Action* action : actions) {
      const auto& shown = action->verb == Verb::remove ? action->before : action->after;
      rows.push_back("|" + cell(entity(symbol_of(action->verb))) +
                     cell(markdown_escape(shown ? grant(*shown) : action->name)) +
                     cell(risk_text(*action)) + cell(because(*action)) +
                     cell(place(action->position)) + "\n");
    }
    add("| | Who → what : roles | Class | Because | Manifest |\n|---|---|---|---|---|\n",
        std::move(rows),
        "\n",
        rank);
  }

  [[nodiscard]] std::string because(const Action& action) const {
    std::string text{reason_text(action)};
    if (action.drift) text += "; " + drift_text(*action.drift);
    if (action.stall) text += "; " + stall_text(*action.stall) + sides(action);
    for (const auto& [label, fact] : removal_facts(action)) text += "; " + label + " " + fact;
    for (const auto& [label, fact] : rationale_facts(action.rationale))
      text += "; " + label + " " + fact;
    if (action.author) text += "; created by " + author_text(*action.author);
    return markdown_escape(text);
  }

  [[nodiscard]] std::string sides(const Action& action) const {
    if (!action.stall || !is_stalled(*action.stall)) return {};
    return "; each time " + sides_text(action, plan_.account, options_.role_names);
  }

  void runnable() {
    std::vector<const Action*> actions;
    for (const Action& action : plan_.actions) {
      if (!is_held(action)) actions.push_back(&action);
    }
    table(std::move(actions), Rank::runnable);
  }

  /// One command for everything that is held; false where there is but one hold, or no approval.
  bool lead_to_all(const HeldGroups& groups) {
    const HeldSum sum = held_sum(groups);
    if (sum.holds <= 1 || !shows_approvals(options_.way)) return false;
    add("### Held: " + held_sum_text(sum) +
        "\n\nOnce you have read them, approve them all:\n\n    " +
        approve_command(hash_all_holds(plan_), options_) + "\n\n");
    return true;
  }

  void held() {
    const HeldGroups groups = held_groups(plan_);
    const bool has_several = lead_to_all(groups);
    for (const auto& [_, actions] : groups) {
      std::string rails;
      std::string messages;
      std::string commands;
      for (const Hold& hold : actions.front()->holds) {
        rails += (rails.empty() ? "" : ", ") + hold.rail;
        messages += "- " + markdown_escape(hold.message) + "\n";
        if (!shows_approvals(options_.way)) continue;
        commands += "    " + approve_command(hold.hash, options_) + "\n";
      }
      if (!commands.empty()) commands += "\n";
      if (!commands.empty() && has_several) commands.insert(0, "Only this:\n\n");
      add("### Held by " + markdown_escape(rails) + "\n\n" + messages + "\n" + commands);
      table(actions, Rank::held);
    }
    const bool by_hash =
        options_.way == WayThrough::either || options_.way == WayThrough::plan_hash;
    if (!groups.empty() && by_hash) {
      add("All of this plan, held actions included:\n\n    " + printable(options_.by_hash) +
          " --plan-hash " + printable(plan_.hash) + options_.by_hash_options + "\n\n");
    }
  }

  void ends() {
    std::vector<std::string> items;
    for (const GrantEnd& end : plan_.ends) {
      if (!is_change(end)) continue;
      std::string item =
          "- " + markdown_escape(parties_text(end, plan_.account, options_.role_names)) + " (" +
          std::string{to_string(risk_of(end))} + "): " + markdown_escape(end_text(end));
      if (const std::string at = place(end.position); !at.empty()) item += " (" + at + ")";
      items.push_back(item + "\n");
    }
    if (!items.empty()) add("### Ends of grants\n\n", std::move(items), "\n", Rank::ends);
  }

  void conflicts() {
    std::vector<std::string> items = note_items(NoteKind::conflict);
    if (!items.empty()) add("### Conflicts\n\n", std::move(items), "\n", Rank::conflicts);
  }

  void assertions() {
    std::vector<std::string> items;
    for (const AssertionChange& change : plan_.lost_assertions) {
      items.push_back("- " + markdown_escape(change_text(change)) + "\n");
    }
    for (const AssertionResult& result : plan_.assertions) {
      if (result.verdict == Verdict::holds) continue;
      items.push_back("- " + markdown_escape(result_text(result)) + " (" + place(result.position) +
                      ")\n");
      for (const AssertionFinding& finding : result.findings) {
        items.push_back("  - " + std::string(to_string(finding.verdict)) + ": " +
                        markdown_escape(rule_text(finding)) + ": " +
                        markdown_escape(culprit_text(finding, plan_.account, options_.role_names)) +
                        "\n");
      }
    }
    if (plan_.assertions.empty() && items.empty()) return;
    const std::string gap = items.empty() ? "" : "\n";
    add("### Assertions\n\n",
        std::move(items),
        gap + assertions_summary(plan_.assertions) + "\n\n",
        Rank::assertions);
  }

  /// Actions that the mode drops are the difference that the reader wants to see: a separate table.
  void dropped() {
    std::vector<const Action*> actions;
    for (const Note& note : plan_.notes) {
      for (const Action& action : note.dropped) {
        if (!action.stall) actions.push_back(&action);  // otherwise it is among the conflicts
      }
    }
    if (actions.empty()) return;
    add(waits_for_wave(plan_) ? "### Not done yet\n\n" : "### Not done in this mode\n\n");
    table(std::move(actions), Rank::dropped);
  }

  void details() {
    std::vector<std::string> items;
    for (const Action& action : plan_.actions) items.push_back(detail(action));
    for (const Note& note : plan_.notes) {
      for (const Action& action : note.dropped) items.push_back(detail(action));
    }
    std::erase(items, std::string());
    fold("What the updates change", std::move(items), Rank::details);
  }

  std::string detail(const Action& action) const {
    if (action.verb != Verb::update || !action.before || !action.after) return {};
    return "- " + markdown_escape(action.name + " (" + action.id.value + ")") + "\n" +
           change_items(*action.before, *action.after);
  }

  std::vector<std::string> note_items(NoteKind kind) const {
    std::vector<std::string> items;
    for (const Note& note : plan_.notes) {
      if (note.kind == kind) items.push_back(note_item(note));
    }
    return items;
  }

  std::string note_item(const Note& note) const {
    const PolicyContent* shown = shown_of(note);
    const std::string what = shown != nullptr     ? grant(*shown)
                             : !note.name.empty() ? note.name
                             : note.id.empty()    ? std::string("the account")
                                                  : "policy " + note.id.value;
    std::string item = "- " + markdown_escape(what) + ": " + markdown_escape(note.message);
    for (const Action& action : note.dropped) item += markdown_escape(sides(action));
    if (note.author) item += "; created by " + markdown_escape(author_text(*note.author));
    if (const std::string at = place(note.position); !at.empty()) item += " (" + at + ")";
    item += "\n";
    if (note.policy && note.wanted) item += change_items(*note.policy, *note.wanted);
    return item;
  }

  std::string change_items(const PolicyContent& before, const PolicyContent& after) const {
    std::string items;
    for (const auto& [label, change] :
         differences(before, after, plan_.account, options_.role_names)) {
      items += "  - " + label + ": " + markdown_escape(change) + "\n";
    }
    return items;
  }

  void fold(std::string_view title, std::vector<std::string> items, Rank rank) {
    if (items.empty()) return;
    add("<details><summary>" + std::string{title} + "</summary>\n\n",
        std::move(items),
        "\n</details>\n\n",
        rank);
  }

  [[nodiscard]] std::string footer() const {
    const std::string revision =
        options_.revision.empty() ? "" : "Revision " + markdown_escape(options_.revision) + "  \n";
    if (options_.way == WayThrough::none) {
      return revision +
             "This revision is not in force: whether it follows the one that is, and who "
             "signed it, was not checked.\n\n";
    }
    return revision + "Plan hash " + markdown_escape(plan_.hash) + "\n\n";
  }

  std::string grant(const PolicyContent& content) const {
    return grant_text(content, plan_.account, options_.role_names);
  }

  const Plan& plan_;
  const TextOptions& options_;
  std::vector<FittedPart> parts_;
};

}  // namespace

std::string markdown_escape(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_{}[]()<>#+!|&~$\"'=";
  std::string out;
  for (const char c : printable(text)) {
    if (kSpecial.find(c) != std::string_view::npos) {
      out += entity(c);
    } else {
      out += c;
    }
    if (c == '@' || c == '#' || c == ':') out += kNothing;
    if (c == '.' && out.ends_with("www.")) out.insert(out.size() - 1, kNothing);
  }
  return out;
}

std::string plan_markdown(const Plan& plan, const TextOptions& options, std::size_t limit) {
  return MarkdownWriter(plan, options).write(limit);
}

}  // namespace authzd
