// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/plan_markdown.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/assertion_text.hpp"

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

class MarkdownWriter {
 public:
  MarkdownWriter(const Plan& plan, const TextOptions& options) : plan_(plan), options_(options) {}

  std::string write() && {
    const PlanCounts counts = count(plan_);
    const std::string summary = summary_line(counts);
    const bool named = !options_.account_name.empty();
    out_ = "### authzd: account " +
           markdown_escape(named ? options_.account_name : plan_.account.value) + "\n\n**" +
           summary + "**\n\n";
    if (is_quiet(plan_)) out_ += quiet_text(counts, leaves_something(plan_)) + "\n\n";
    for (const std::string& text : adoption_texts(counts)) out_ += markdown_escape(text) + "\n\n";
    runnable();
    held();
    ends();
    note_list(NoteKind::conflict, "Conflicts", "### ");
    assertions();
    dropped();
    details();
    folded_notes(NoteKind::kept, "Kept on purpose");
    folded_notes(NoteKind::unmanaged, "Not managed here");
    footer();
    return std::move(out_) + summary + "\n";
  }

 private:
  static std::string quiet_text(const PlanCounts& counts, bool leaves_something) {
    if (counts.dropped == 0) {
      return leaves_something ? "Nothing to do, but for what is left alone."
                              : "Nothing to do: IAM is as the manifests say.";
    }
    return "Nothing to do in this mode: it keeps back " +
           count_of(counts.dropped, "change", "changes") + ".";
  }

  void table(const std::vector<const Action*>& actions) {
    if (actions.empty()) return;
    out_ += "| | Who → what : roles | Class | Because | Manifest |\n|---|---|---|---|---|\n";
    for (const Action* action : actions) {
      const auto& shown = action->verb == Verb::remove ? action->before : action->after;
      out_ += "|" + cell(entity(symbol_of(action->verb))) +
              cell(markdown_escape(shown ? grant(*shown) : action->name)) +
              cell(risk_text(*action)) + cell(because(*action)) + cell(place(action->position)) +
              "\n";
    }
    out_ += "\n";
  }

  [[nodiscard]] std::string because(const Action& action) const {
    std::string text{reason_text(action)};
    if (action.drift) text += "; " + drift_text(*action.drift);
    if (action.stall) text += "; " + stall_text(*action.stall) + sides(action);
    for (const auto& [label, fact] : removal_facts(action)) text += "; " + label + " " + fact;
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
    table(actions);
  }

  void held() {
    const HeldGroups groups = held_groups(plan_);
    for (const auto& [_, actions] : groups) {
      std::string rails;
      std::string messages;
      std::string commands;
      for (const Hold& hold : actions.front()->holds) {
        rails += (rails.empty() ? "" : ", ") + hold.rail;
        messages += "- " + markdown_escape(hold.message) + "\n";
        if (options_.way == WayThrough::plan_hash) continue;
        commands += "    " + approve_command(hold, options_) + "\n";
      }
      out_ += "### Held by " + markdown_escape(rails) + "\n\n" + messages + "\n";
      if (!commands.empty()) out_ += commands + "\n";
      table(actions);
    }
    if (!groups.empty() && options_.way != WayThrough::approval) {
      out_ += "All of this plan, held actions included:\n\n    " + printable(options_.by_hash) +
              " --plan-hash " + printable(plan_.hash) + options_.by_hash_options + "\n\n";
    }
  }

  void ends() {
    std::string items;
    for (const GrantEnd& end : plan_.ends) {
      if (!is_change(end)) continue;
      items += "- " + markdown_escape(parties_text(end, plan_.account, options_.role_names)) +
               " (" + std::string{to_string(risk_of(end))} + "): " + markdown_escape(end_text(end));
      if (const std::string at = place(end.position); !at.empty()) items += " (" + at + ")";
      items += "\n";
    }
    if (!items.empty()) out_ += "### Ends of grants\n\n" + items + "\n";
  }

  void assertions() {
    std::string items;
    for (const AssertionChange& change : plan_.lost_assertions) {
      items += "- " + markdown_escape(change_text(change)) + "\n";
    }
    for (const AssertionResult& result : plan_.assertions) {
      if (result.verdict == Verdict::holds) continue;
      items += "- " + markdown_escape(result_text(result)) + " (" + place(result.position) + ")\n";
      for (const AssertionFinding& finding : result.findings) {
        items += "  - " + std::string(to_string(finding.verdict)) + ": " +
                 markdown_escape(rule_text(finding)) + ": " +
                 markdown_escape(culprit_text(finding, plan_.account, options_.role_names)) + "\n";
      }
    }
    if (plan_.assertions.empty() && items.empty()) return;
    out_ += "### Assertions\n\n" + items + (items.empty() ? "" : "\n") +
            assertions_summary(plan_.assertions) + "\n\n";
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
    out_ += "### Not done in this mode\n\n";
    table(actions);
  }

  void details() {
    std::string items;
    for (const Action& action : plan_.actions) items += detail(action);
    for (const Note& note : plan_.notes) {
      for (const Action& action : note.dropped) items += detail(action);
    }
    fold("What the updates change", items);
  }

  std::string detail(const Action& action) const {
    if (action.verb != Verb::update || !action.before || !action.after) return {};
    return "- " + markdown_escape(action.name + " (" + action.id.value + ")") + "\n" +
           change_items(*action.before, *action.after);
  }

  void note_list(NoteKind kind, std::string_view title, std::string_view level) {
    const std::string items = note_items(kind);
    if (!items.empty()) out_ += std::string{level} + std::string{title} + "\n\n" + items + "\n";
  }

  void folded_notes(NoteKind kind, std::string_view title) { fold(title, note_items(kind)); }

  std::string note_items(NoteKind kind) const {
    std::string items;
    for (const Note& note : plan_.notes) {
      if (note.kind != kind) continue;
      const PolicyContent* shown = shown_of(note);
      const std::string what = shown != nullptr ? grant(*shown) : note.name;
      items += "- " + markdown_escape(what) + ": " + markdown_escape(note.message);
      for (const Action& action : note.dropped) items += markdown_escape(sides(action));
      if (note.author) items += "; created by " + markdown_escape(author_text(*note.author));
      if (const std::string at = place(note.position); !at.empty()) items += " (" + at + ")";
      items += "\n";
      if (note.policy && note.wanted) items += change_items(*note.policy, *note.wanted);
    }
    return items;
  }

  std::string change_items(const PolicyContent& before, const PolicyContent& after) const {
    std::string items;
    for (const auto& [label, change] :
         differences(before, after, plan_.account, options_.role_names)) {
      items += "  - " + label + ": " + markdown_escape(change) + "\n";
    }
    return items;
  }

  void fold(std::string_view title, const std::string& items) {
    if (items.empty()) return;
    out_ +=
        "<details><summary>" + std::string{title} + "</summary>\n\n" + items + "\n</details>\n\n";
  }

  void footer() {
    if (!options_.revision.empty()) {
      out_ += "Revision " + markdown_escape(options_.revision) + "  \n";
    }
    out_ += "Plan hash " + markdown_escape(plan_.hash) + "\n\n";
  }

  std::string grant(const PolicyContent& content) const {
    return grant_text(content, plan_.account, options_.role_names);
  }

  const Plan& plan_;
  const TextOptions& options_;
  std::string out_;
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

std::string plan_markdown(const Plan& plan, const TextOptions& options) {
  return MarkdownWriter(plan, options).write();
}

}  // namespace authzd
