// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan is a value: the sorted list of actions that would make IAM equal to the manifests, and a
// note on everything that is deliberately not done. Making and performing a plan are elsewhere.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/model/rationale.hpp"
#include "reconciler/plan/action_facts.hpp"
#include "reconciler/plan/ends.hpp"
#include "reconciler/plan/hold.hpp"
#include "reconciler/plan/note_reason.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class Verb { create, update, remove };  // also the order in which they are performed

/// The effect of a change on access (design §6).
enum class Risk {
  widening,   // a request that was denied may now be permitted
  narrowing,  // a request that was permitted may now be denied
  neutral,    // neither: text only
};

/// Why an action is in the plan; stable CamelCase words in JSON.
enum class Reason {
  missing,           // create: no policy has the key
  roles_differ,      // update
  text_differs,      // update: description only
  extras_differ,     // update: a rule, a pattern, … that the manifest does not have
  marker_rewritten,  // update: a new name, or the protection, for the same key
  marker_restored,   // update: someone removed the marker; our state knows the policy
  altered,           // update or delete: someone changed the attributes of our policy
  adopted,           // update: takes over an unmanaged policy
  released,          // update: removes the marker, the policy stays
  not_desired,       // delete: no manifest wants it any more
  expired,           // delete: the grant's expiresAt is past
  unmarked,          // delete: no manifest wants it, and someone removed its marker
  added_by_others,   // update: removes what others added to a policy whose change is held
  undone,            // any: reverts an action of a run
};

struct Action {
  Verb verb = Verb::create;
  std::string name;    // metadata.name of the grant; without a grant, the name in the marker
  SourcePos position;  // of the grant; empty without a grant
  Key key;             // create, update: the key afterwards; remove: the key now
  PolicyId id;         // empty for a create, unless it restores a policy with its old id
  std::optional<PolicyContent> before;  // none for a create
  std::optional<PolicyContent> after;   // none for a remove
  std::string last_modified_at;         // of `before`: the write proceeds only if it is unchanged
  Reason reason = Reason::missing;
  Risk risk = Risk::neutral;
  std::optional<Drift> drift;             // the foreign change that this action reverts
  std::optional<Authorship> author = {};  // of a policy that is taken over
  std::optional<Removal> removal = {};    // of a delete or a narrowing
  bool is_repair = false;                 // removes only what others added since our last write
  bool is_restore = false;                // restores only what others removed since our last write
  std::vector<Hold> holds = {};           // by rail; not empty: not performed
  std::optional<Stall> stall = {};        // Stalled, or backing off
  Rationale rationale = {};               // of the grant; empty without one

  bool operator==(const Action&) const = default;
};

[[nodiscard]] inline bool is_held(const Action& action) {
  return !action.holds.empty();
}

/// Why something was left alone.
enum class NoteKind {
  conflict,   // "!": a grant cannot be made, or the owner of a policy is unclear; exit code 5
  kept,       // "=": deliberate, and worth reporting
  unmanaged,  // not ours, and no grant wants it: unmanaged, foreign or theirs
};

struct Note {
  NoteKind kind = NoteKind::kept;
  NoteReason reason = NoteReason::unmanaged;
  std::string message;                  // one line for people, with what to do
  std::string name;                     // of the grant or marker; may be empty
  SourcePos position;                   // of the grant; may be empty
  PolicyId id;                          // may be empty
  std::optional<PolicyContent> policy;  // what IAM has, if anything
  std::vector<Action> dropped = {};  // the action (one, or none) that the mode does not allow, or
                                     // that backs off
  std::optional<PolicyContent> wanted = {};  // what the grant asks for, if `policy` differs
  std::optional<Authorship> author = {};     // of a policy that could be taken over
  bool may_be_ours = false;                  // and that looks as if it had lost our marker

  bool operator==(const Note&) const = default;
};

/// A policy that is not ours already provides what the grant asks for.
bool is_satisfied(const Note& note);

/// A grant wants the policy's key, and `adopt` could take the policy over.
bool is_adoptable(const Note& note);

/// A new or an earlier end removes access, though later; a later or removed end gives access.
Risk risk_of(const GrantEnd& end);

struct PlanCounts {
  std::size_t creates = 0;  // these three: what would run now, without held actions
  std::size_t updates = 0;
  std::size_t removes = 0;
  std::size_t held = 0;
  std::size_t conflicts = 0;
  std::size_t unmanaged = 0;    // of people and other tools, and no manifest wants them
  std::size_t foreign = 0;      // the same of services, templates and other installations
  std::size_t in_sync = 0;      // policies that need no change
  std::size_t kept = 0;         // grants that a policy which is not ours already provides
  std::size_t identical = 0;    // of these: `adopt: identical` would take over the policy
  std::size_t differing = 0;    // conflicts: `adopt: always` would take over the policy
  std::size_t may_be_ours = 0;  // of both: the policy looks as if it had lost our marker
  std::size_t dropped = 0;      // notes for actions that the mode does not allow, or that back off
  std::size_t stalled = 0;      // actions that are Stalled, including those that back off
  std::size_t unknown_use = 0;  // deletes, held or not, of policies whose last use is unknown
  std::size_t ends = 0;         // ends of grants that are new, changed or removed

  bool operator==(const PlanCounts&) const = default;
};

struct Plan {
  AccountId account;
  std::vector<Action> actions;  // sorted by verb, key, id
  std::vector<Note> notes;      // sorted by kind, reason, name, id
  std::vector<GrantEnd> ends;   // future and removed ends; sorted by key
  std::size_t ours =
      0;  // policies that are ours (ours, altered, unmarked): the base of percentages
  std::size_t in_sync = 0;
  std::vector<AssertionResult> assertions = {};       // of the account after this plan; by name
  std::vector<AssertionChange> lost_assertions = {};  // compared with the previous revision; by
                                                      // name
  /// Identifies this plan. make_plan() sets it to hash_plan(). A plan that people may approve gets
  /// plan_name() after the rails have judged it (plan_name.hpp). Back-off does not change it.
  std::string hash;

  bool operator==(const Plan&) const = default;
};

PlanCounts count(const Plan& plan);

/// Everything that the difference requires: the actions, held or not, and those that the mode
/// drops. The pointers are valid as long as `plan`.
std::vector<const Action*> wanted_actions(const Plan& plan);

/// True if nothing would run, nothing is held, nothing conflicts and no grant's end changes.
/// Actions that the mode dropped do not count, because they would not run: in mode observe a quiet
/// plan may contain the whole difference, in count().dropped and in the notes.
bool is_quiet(const Plan& plan);

/// True if a policy or a grant stays as it is although the manifests ask for something else:
/// pinned, suspended, protected, …
bool leaves_something(const Plan& plan);

std::string_view to_string(Verb verb);      // "create", "update", "delete"
std::string_view to_string(Risk risk);      // "widening", …
std::string_view to_string(Reason reason);  // "RolesDiffer", …
std::string_view to_string(NoteKind kind);  // "conflict", …

}  // namespace authzd
