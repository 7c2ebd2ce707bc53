// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/canonical.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <tuple>

namespace authzd {
namespace {

void append_content(std::string& out, const std::optional<PolicyContent>& content) {
  if (!content) {
    out += '-';
    return;
  }
  out += '{';
  append_part(out, Key({}, content->subject, content->resource).text());
  for (const std::string& role : content->roles) append_part(out, role);
  out += ';';
  append_part(out, content->description);
  for (const auto& [member, json] : content->extras) {
    append_part(out, member);
    append_part(out, json);
  }
  out += '}';
}

std::string text_of(const Action& action) {
  std::string out = "A";
  append_part(out, to_string(action.verb));
  append_part(out, action.id.value);
  append_part(out, action.key.text());
  append_content(out, action.before);
  append_content(out, action.after);
  return out;
}

std::string text_of(const Note& note) {
  std::string out = "N";
  append_part(out, to_string(note.kind));
  append_part(out, to_string(note.reason));
  append_part(out, note.name);
  append_part(out, note.id.value);
  append_content(out, note.policy);
  for (const Action& action : note.dropped) out += text_of(action);
  return out;
}

/// Without the previously applied end: a plan without a state must have the same hash.
std::string text_of(const GrantEnd& end) {
  std::string out = "E";
  append_part(out, end.key.text());
  append_part(out, end.after ? to_rfc3339(*end.after) : "");
  return out;
}

/// What an approver knows about its use.
std::string use_text(const Action& action, std::optional<Timestamp> made) {
  if (!action.removal) return "-";
  const auto& last = action.removal->last_permit_at;
  const bool is_in_use = made ? last && *made - *last <= kInUse : action.removal->is_in_use;
  if (is_in_use) return "in use";
  return last ? to_rfc3339(*last) : "-";
}

std::string hash_sorted(std::string head, std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  for (const std::string& part : parts) append_part(head, part);
  return sha256_hex(head);
}

std::set<std::string> holds_of(const Plan& plan) {
  std::set<std::string> hashes;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) hashes.insert(hold.hash);
  }
  return hashes;
}

}  // namespace

std::string hash_plan(const Plan& plan, std::optional<Timestamp> made) {
  std::vector<std::string> parts;
  parts.reserve(plan.actions.size() + plan.notes.size() + plan.ends.size());
  for (const Action& action : plan.actions) {
    std::string text = text_of(action);
    append_part(text, action.name);
    append_part(text, to_string(action.reason));
    // The review did not cover a later change, such as one that a person restored.
    if (is_held(action)) append_part(text, action.last_modified_at);
    for (const Hold& hold : action.holds) {
      append_part(text, hold.rail);
      const bool is_by_use = hold.rail == rail::kHoldUsedWithin;
      append_part(text, is_by_use ? use_text(action, made) : hold.hash);
    }
    parts.push_back(std::move(text));
  }
  for (const Note& note : plan.notes) {
    // These notes depend on who plans, not on what would be done: a reviewer's hash must match at
    // apply.
    const bool is_of_onlooker =
        note.reason == NoteReason::markers_trusted || note.reason == NoteReason::assertions_unknown;
    if (!is_of_onlooker) parts.push_back(text_of(note));
  }
  for (const GrantEnd& end : plan.ends) {
    if (end.after) parts.push_back(text_of(end));
  }

  std::string head = "plan";
  append_part(head, plan.account.value);
  return hash_sorted(std::move(head), std::move(parts));
}

std::string hash_action(const Action& action) {
  return sha256_hex(text_of(action));
}

std::string hash_removal(const Action& action) {
  std::string out = "R";
  append_part(out, action.id.value);
  if (action.after) {
    PolicyContent access = *action.after;
    access.description.clear();
    append_content(out, access);
  } else {
    append_content(out, std::nullopt);
  }
  return sha256_hex(out);
}

std::string hash_note(const Note& note) {
  std::string text = text_of(note);
  append_part(text, note.message);
  return sha256_hex(text);
}

void sort_notes(Plan& plan) {
  std::sort(plan.notes.begin(), plan.notes.end(), [](const Note& a, const Note& b) {
    return std::tie(a.kind, a.reason, a.name, a.id, a.position, a.message) <
           std::tie(b.kind, b.reason, b.name, b.id, b.position, b.message);
  });
}

std::string hash_hold(const AccountId& account,
                      std::string_view rail,
                      std::span<const Action* const> actions) {
  std::vector<std::string> parts;
  for (const Action* action : actions) {
    std::string text = text_of(*action);
    if (rail == rail::kHoldUsedWithin) append_part(text, use_text(*action, std::nullopt));
    parts.push_back(std::move(text));
  }

  std::string head = "hold";
  append_part(head, account.value);
  append_part(head, rail);
  return hash_sorted(std::move(head), std::move(parts));
}

std::string hash_all_holds(const AccountId& account, const std::set<std::string>& holds) {
  if (holds.size() <= 1) return holds.empty() ? std::string() : *holds.begin();
  std::string head = "holds";
  append_part(head, account.value);
  return hash_sorted(std::move(head), {holds.begin(), holds.end()});
}

std::string hash_all_holds(const Plan& plan) {
  return hash_all_holds(plan.account, holds_of(plan));
}

std::set<std::string> holds_named(const Plan& plan, std::string_view hash) {
  std::set<std::string> all = holds_of(plan);
  if (hash == plan.hash || hash == hash_all_holds(plan.account, all)) return all;
  std::erase_if(all, [hash](const std::string& hold) { return hold != hash; });
  return all;
}

Note note_of_dropped(Action action, NoteKind kind, NoteReason reason, std::string message) {
  Note note{.kind = kind,
            .reason = reason,
            .message = std::move(message),
            .name = action.name,
            .position = action.position,
            .id = action.id,
            .policy = action.before};
  note.dropped.push_back(std::move(action));
  return note;
}

}  // namespace authzd
