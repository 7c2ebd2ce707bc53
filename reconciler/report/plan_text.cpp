// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/plan_text.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/report/assertion_text.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/look_alikes.hpp"
#include "reconciler/report/plan_sentences.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

constexpr std::size_t kLongList = 20;  // actions

class PlanWriter {
 public:
  PlanWriter(const Plan& plan, const TextOptions& options)
      : plan_(plan), options_(options), out_(options.style) {}

  std::string write() && {
    heading();
    runnable();
    held();
    ends();
    notes(NoteKind::conflict);
    kept();
    unmanaged();
    assertions();
    closing();
    return std::move(out_).take();
  }

  std::string write_approval(std::string_view hash) && {
    heading();
    std::size_t covered = 0;
    std::size_t others = 0;
    const std::set<std::string> named = holds_named(plan_, hash);
    const auto is_approved = [&named](const Hold& hold) { return named.contains(hold.hash); };
    for (const auto& [_, actions] : held_groups(plan_)) {
      const bool is_named = std::ranges::any_of(actions.front()->holds, is_approved);
      (is_named ? covered : others) += actions.size();
      if (!is_named) continue;
      out_.gap();
      for (const Hold& hold : actions.front()->holds) {
        out_.line((is_approved(hold) ? "To approve: " : "Still held by ") +
                  printable(hold.message));
      }
      show(actions);
    }
    out_.gap();
    out_.line("That is " + count_of(covered, "action", "actions") + ", and no other" +
              (others == 0 ? "."
                           : ": " + count_of(others, "held action", "held actions") +
                                 " besides stay as they are."));
    return std::move(out_).take();
  }

 private:
  void heading() {
    out_.line("Account  " + account_text(plan_, options_.account_name));
    if (options_.revision.empty()) return;
    out_.line("Revision " + printable(options_.revision) + (options_.commit.empty() ? "" : " ") +
              options_.commit);
  }

  void runnable() {
    std::vector<const Action*> actions;
    for (const Action& action : plan_.actions) {
      const bool is_above = std::ranges::binary_search(options_.shown_above, &action);
      if (!is_held(action) && !is_above) actions.push_back(&action);
    }
    if (const std::size_t above = options_.shown_above.size(); above > 0) {
      out_.line("Besides " + count_of(above, "change", "changes") +
                " that other accounts have, too, shown above:");
    }
    if (actions.size() <= kManyActions || options_.detail.alike) return show(actions);
    show_grouped(actions);
  }

  void show_grouped(const std::vector<const Action*>& actions) {
    out_.gap();
    for (const auto& group : look_alikes(actions)) {
      if (group.size() == 1) {
        show_shortly(*group.front());
      } else {
        show_alike(group);
      }
    }
  }

  void show_alike(const std::vector<const Action*>& group) {
    const Action& first = *group.front();
    out_.headline(symbol_of(first.verb), grant(common_content(group)));
    out_.detail(to_string(first.verb), alike_text(group));
  }

  /// In full, or for many only what distinguishes them.
  void show(const std::vector<const Action*>& actions) {
    show(actions, actions.size() > kLongList);
  }

  void show(const std::vector<const Action*>& actions, bool is_long) {
    if (is_long) out_.gap();
    for (const Action* action : actions) is_long ? show_shortly(*action) : show(*action);
  }

  void show_shortly(const Action& action) {
    headline(action);
    std::string text = facts(action.name, risk_text(action), action.position);
    text += " · " + std::string(to_string(action.reason));
    if (!action.id.empty()) text += " · policy " + printable(action.id.value);
    for (const auto& [label, fact] : removal_facts(action)) text += " · " + label + " " + fact;
    for (const auto& [label, fact] : rationale_facts(action.rationale))
      text += " · " + label + " " + fact;
    if (action.author) text += " · created by " + author_text(*action.author);
    out_.detail(to_string(action.verb), text);
    if (action.verb == Verb::update) differences_of(action);
    incidents(action);
  }

  void headline(const Action& action) {
    const auto& shown = action.verb == Verb::remove ? action.before : action.after;
    out_.headline(symbol_of(action.verb), shown ? grant(*shown) : printable(action.name));
  }

  /// One command for everything that is held; false where there is but one hold, or no approval.
  bool lead_to_all(const HeldGroups& groups) {
    const HeldSum sum = held_sum(groups);
    if (sum.holds <= 1 || !shows_approvals(options_.way)) return false;
    out_.gap();
    out_.line("Held: " + held_sum_text(sum) + ". Once you have read them, approve them all with");
    out_.exact_line("  " + approve_command(hash_all_holds(plan_), options_));
    return true;
  }

  /// Groups the actions held by the same rails, under the approval that releases them.
  void held() {
    const HeldGroups groups = held_groups(plan_);
    const std::string only = lead_to_all(groups) ? "only this: " : "";
    const bool is_long = held_sum(groups).actions > kLongList;
    std::set<std::string> said;
    for (const auto& [_, actions] : groups) {
      out_.gap();
      for (const Hold& hold : actions.front()->holds) {
        if (!said.insert(hold.hash).second) {
          out_.line("Held by " + printable(hold.rail) + ", as above");
          continue;
        }
        out_.line("Held by " + printable(hold.message));
        if (!shows_approvals(options_.way)) continue;
        out_.exact_line("  " + only + approve_command(hold.hash, options_));
      }
      show(actions, is_long);
    }
    if (groups.empty() || options_.way == WayThrough::none) return;
    if (options_.way == WayThrough::approval) return approved_first();
    out_.gap();
    out_.line(before_plan_hash(options_.way));
    out_.exact_line("  " + printable(options_.by_hash) + " --plan-hash " + printable(plan_.hash) +
                    options_.by_hash_options);
  }

  /// Actions that belong to no revision: no cycle does them after an approval.
  void approved_first() {
    if (options_.approved_with.empty()) return;
    out_.gap();
    out_.line("Once that is approved, by as many people as rails.approvers needs:");
    out_.exact_line("  " + printable(options_.by_hash));
  }

  void show(const Action& action) {
    out_.gap();
    headline(action);
    out_.detail(to_string(action.verb), facts(action.name, risk_text(action), action.position));
    change(action);
    if (!action.id.empty()) out_.detail("policy", printable(action.id.value));
  }

  /// Before → after, and why.
  void change(const Action& action) {
    if (action.verb == Verb::update) differences_of(action);
    out_.detail("because", reason_text(action));
    for (const auto& [label, fact] : removal_facts(action)) out_.detail(label, fact);
    for (const auto& [label, fact] : rationale_facts(action.rationale)) out_.detail(label, fact);
    if (action.author) out_.detail("created by", author_text(*action.author));
    incidents(action);
  }

  void differences_of(const Action& action) {
    if (action.before && action.after) show_differences(*action.before, *action.after);
  }

  void show_differences(const PolicyContent& before, const PolicyContent& after) {
    for (const auto& [label, change] :
         differences(before, after, plan_.account, options_.role_names)) {
      out_.detail(label, change);
    }
  }

  /// Changes by others, and the results of earlier cycles.
  void incidents(const Action& action) {
    if (action.drift) out_.detail("drift", drift_text(*action.drift));
    if (!action.stall) return;
    const bool stalled = is_stalled(*action.stall);
    out_.detail(stalled ? "stalled" : "again", stall_text(*action.stall));
    if (stalled) {
      out_.detail("each time", sides_text(action, plan_.account, options_.role_names));
    }
  }

  void ends() {
    for (const GrantEnd& end : plan_.ends) {
      if (!is_change(end)) continue;
      out_.gap();
      out_.headline(kEndSymbol, parties_text(end, plan_.account, options_.role_names));
      out_.detail("end", facts(end.name, to_string(risk_of(end)), end.position));
      out_.detail("", end_text(end));
    }
  }

  void notes(NoteKind kind) {
    for (const Note& note : plan_.notes) {
      if (note.kind == kind) show(note);
    }
  }

  /// The first plan of an account may have hundreds that are alike and that the mode does not
  /// allow.
  void show_dropped(const std::vector<const Note*>& group) {
    const Note& first = *group.front();
    if (group.size() == 1) return show(first);
    std::vector<const Action*> actions;
    for (const Note* note : group) actions.push_back(&note->dropped.front());
    out_.gap();
    out_.headline(symbol_of(first.kind), grant(common_content(actions)));
    out_.detail("would", std::string(to_string(actions.front()->verb)) + " " + alike_text(actions));
    out_.detail("not done", printable(message_for_all(first)));
  }

  /// After a move from another tool, many grants are provided by policies of others: the common
  /// part is shown once, with their number.
  void kept() {
    const auto is_alike = [](const Note& note) {
      return is_satisfied(note) && note.dropped.empty() && note.policy;
    };
    const auto alike = std::ranges::count_if(plan_.notes, is_alike);
    const bool is_long = static_cast<std::size_t>(alike) > kLongList && !options_.detail.unmanaged;
    const auto dropped = dropped_alike(plan_);
    const bool has_many_dropped = !dropped.empty() && !options_.detail.alike;
    if (has_many_dropped)
      std::ranges::for_each(dropped, [this](const auto& each) { show_dropped(each); });
    std::map<std::pair<std::string, NoteReason>, std::vector<const Note*>> groups;
    const std::set<NoteReason> counted =
        options_.detail.alike ? std::set<NoteReason>() : counted_reasons(plan_, kLongList);
    for (const Note& note : plan_.notes) {
      if (note.kind != NoteKind::kept) continue;
      if (has_many_dropped && is_dropped(note)) continue;
      if (counted.contains(note.reason)) continue;
      if (is_long && is_alike(note)) {
        groups[{grant(without_ids(*note.policy)), note.reason}].push_back(&note);
      } else {
        show(note);
      }
    }
    for (const auto& [_, group] : groups) show_kept(group);
    for (const NoteReason reason : counted) show_number_of(reason);
  }

  void show_number_of(NoteReason reason) {
    const CountedNotes counted = counted_notes(plan_, reason);
    out_.gap();
    out_.headline(symbol_of(NoteKind::kept), counted.names);
    out_.detail(to_string(NoteKind::kept), counted.number);
    out_.detail("because", counted.because);
  }

  void show_kept(const std::vector<const Note*>& group) {
    const Note& first = *group.front();
    if (group.size() == 1) return show(first);
    std::vector<const PolicyContent*> contents;
    for (const Note* note : group) contents.push_back(&*note->policy);
    out_.gap();
    out_.headline(symbol_of(first.kind), grant(common_content(contents)));
    out_.detail(to_string(first.kind),
                count_of(group.size(), "grant", "grants") + " · " +
                    std::string(to_string(first.reason)) +
                    ", given by policies that are not ours; --show-unmanaged shows each");
  }

  void show(const Note& note) {
    const PolicyContent* shown = shown_of(note);
    out_.gap();
    out_.headline(symbol_of(note.kind), shown != nullptr ? grant(*shown) : name_of(note));
    out_.detail(to_string(note.kind),
                facts(note.name, std::string(to_string(note.reason)), note.position));
    for (const Action& action : note.dropped) {
      out_.detail("would", facts(to_string(action.verb), risk_text(action), {}));
      change(action);
    }
    if (note.policy && note.wanted) show_differences(*note.policy, *note.wanted);
    out_.detail(note.dropped.empty() ? "because" : "not done", printable(note.message));
    if (note.author) out_.detail("created by", author_text(*note.author));
    if (!note.id.empty()) out_.detail("policy", printable(note.id.value));
  }

  void unmanaged() {
    if (options_.detail.unmanaged) return notes(NoteKind::unmanaged);
    const std::string text = left_alone_text(plan_);
    if (!text.empty()) out_.gap();
    say(text);
  }

  void say(const std::string& text) {
    if (!text.empty()) out_.line(text);
  }

  /// Those that do not hold in full, the others as a number.
  void assertions() {
    for (const AssertionChange& change : plan_.lost_assertions) {
      out_.gap();
      out_.headline(symbol_of(NoteKind::conflict), change_text(change));
    }
    for (const AssertionResult& result : plan_.assertions) {
      if (result.verdict == Verdict::holds) continue;
      out_.gap();
      out_.headline(
          symbol_of(result.verdict == Verdict::violated ? NoteKind::conflict : NoteKind::unmanaged),
          result_text(result));
      out_.detail("assertion", printable(to_string(result.position)));
      for (const AssertionFinding& finding : result.findings) {
        out_.detail(to_string(finding.verdict), rule_text(finding));
        out_.detail("", culprit_text(finding, plan_.account, options_.role_names));
      }
    }
    if (plan_.assertions.empty()) return;
    out_.gap();
    out_.line(assertions_summary(plan_.assertions));
  }

  void closing() {
    const PlanCounts counts = count(plan_);
    out_.gap();
    for (const std::string& text : caution_texts(counts)) out_.line(text);
    if (options_.lacks_state) say(without_state_text(plan_));
    for (const std::string& text : adoption_texts(counts)) out_.line(text);
    if (is_quiet(plan_)) {
      out_.line(counts.dropped > 0 ? nothing_done_text(plan_) + ", shown above."
                                   : nothing_to_do(plan_, counts));
    } else {
      if (counts.in_sync > 0) {
        out_.line("In sync: " + count_of(counts.in_sync, "policy", "policies") + ".");
      }
      if (counts.ends > 0) {
        out_.line("Ends: " + count_of(counts.ends, "grant", "grants") +
                  " with an end that is new, changed or taken off.");
      }
      if (options_.way != WayThrough::none) {
        out_.exact_line("Plan hash " + printable(plan_.hash));
      }
    }
    out_.exact_line(summary_line(counts));
  }

  std::string grant(const PolicyContent& content) const {
    return grant_text(content, plan_.account, options_.role_names);
  }

  const Plan& plan_;
  const TextOptions& options_;
  Layout out_;
};

}  // namespace

std::string approve_command(std::string_view hash, const TextOptions& options) {
  std::string command = "authzd approve " + printable(hash) + options.approve_options;
  if (!options.approved_with.empty()) command += " " + printable(options.approved_with);
  return command;
}

std::string plan_text(const Plan& plan, const TextOptions& options) {
  return PlanWriter(plan, options).write();
}

std::string approval_text(const Plan& plan, std::string_view hash, const TextOptions& options) {
  return PlanWriter(plan, options).write_approval(hash);
}

}  // namespace authzd
