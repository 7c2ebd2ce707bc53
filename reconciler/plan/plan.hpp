// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan is a value: the sorted list of actions that would make IAM equal to the manifests, and a
// note on everything that is deliberately not done. Making one and performing one are elsewhere.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/plan/action_facts.hpp"
#include "reconciler/plan/grant_end.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class Verb { create, update, remove };  // also the order in which they are performed

/// What a change does to who may do what (design §6).
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
  marker_restored,   // update: the marker was taken off by hand; our state knows the policy
  altered,           // update or delete: someone changed the attributes of our policy
  adopted,           // update: an unmanaged policy is taken over
  released,          // update: the marker is taken off, the policy stays
  not_desired,       // delete: no manifest wants it any more
  expired,           // delete: the grant's expiresAt is past
  unmarked,          // delete: no manifest wants it, and its marker was taken off by hand
  undone,            // any: what a run did is taken back
};

/// A rail that holds an action back. One hash covers all actions that it holds together. An action
/// that several rails hold needs the approval of each.
struct Hold {
  std::string rail;     // "adopted"; "maxDelete, maxDeletePercent" for limits on the same number
  std::string message;  // the numbers, and what to do
  std::string hash;     // 64 hex digits; what `authzd approve` takes
  std::optional<Timestamp> until = {};  // set: the hold ends by itself at that time

  bool operator==(const Hold&) const = default;
};

struct Action {
  Verb verb = Verb::create;
  std::string name;    // metadata.name of the grant, or of the marker where no grant is left
  SourcePos position;  // of the grant; empty where none is left
  Key key;             // create, update: the key afterwards; remove: the key now
  PolicyId id;         // empty for a create, unless it is to come back with the id it had
  std::optional<PolicyContent> before;  // none for a create
  std::optional<PolicyContent> after;   // none for a remove
  std::string last_modified_at;  // of `before`: the write goes ahead only if it is still this
  Reason reason = Reason::missing;
  Risk risk = Risk::neutral;
  std::optional<Drift> drift;             // this action undoes it
  std::optional<Authorship> author = {};  // of a policy that is taken over
  std::optional<Removal> removal = {};    // of a delete or a narrowing that a plan was made with
  bool is_repair = false;        // takes away only what others added to what our last write left
  bool is_restore = false;       // gives back only what others took from what our last write left
  std::vector<Hold> holds = {};  // by rail; not empty: not to be performed
  std::optional<Stall> stall = {};  // Stalled, or backing off

  bool operator==(const Action&) const = default;
};

[[nodiscard]] inline bool is_held(const Action& action) {
  return !action.holds.empty();
}

/// What kind of thing was left alone.
enum class NoteKind {
  conflict,   // "!": a grant cannot be had, or nobody can say whose a policy is; exit code 5
  kept,       // "=": on purpose, and worth saying
  unmanaged,  // not ours, foreign or theirs, and no grant wants it; counted as F
};

/// The reason of the note on a policy that nobody manages.
inline constexpr std::string_view kUnmanagedNote = "Unmanaged";

/// The reason of the note that policies are taken as ours by their marker alone.
inline constexpr std::string_view kMarkersTrustedNote = "MarkersTrusted";

/// The reason of the note that nobody knows what the manifests assert.
inline constexpr std::string_view kAssertionsUnknownNote = "AssertionsUnknown";

/// The reason of the note on a policy of ours that lost its marker and that no grant wants.
inline constexpr std::string_view kUnmarkedNote = "Unmarked";

/// The reason of the note on a grant that is released, or a policy that no longer is ours. One with
/// an id is of a policy that the state may forget.
inline constexpr std::string_view kReleasedNote = "Released";

/// The reason of the note on what an undo or a release pinned.
inline constexpr std::string_view kPinnedNote = "Pinned";

struct Note {
  NoteKind kind = NoteKind::kept;
  std::string reason;  // stable CamelCase word: "Disputed", "OtherOwner", "UnknownRole", "Mode", …
  std::string message;                  // one line for people, with what to do
  std::string name;                     // of the grant or marker; may be empty
  SourcePos position;                   // of the grant; may be empty
  PolicyId id;                          // may be empty
  std::optional<PolicyContent> policy;  // what IAM has, where there is one
  std::vector<Action> dropped = {};     // the action (one, or none) that the mode does not allow,
                                        // or that backs off
  std::optional<PolicyContent> wanted = {};  // what the grant asks for, where `policy` differs
  std::optional<Authorship> author = {};     // of a policy that could be taken over
  bool may_be_ours = false;                  // and that looks as if it had lost our marker

  bool operator==(const Note&) const = default;
};

/// A policy that is not ours gives what a grant asks for: the grant is satisfied.
bool is_satisfied(const Note& note);

/// A grant wants the policy's key, and `adopt` could take the policy over.
bool is_adoptable(const Note& note);

/// A new or an earlier end takes access away, if only later; a later or removed one gives it.
Risk risk_of(const GrantEnd& end);

struct PlanCounts {
  std::size_t creates = 0;  // these three: what would run now, held ones not counted
  std::size_t updates = 0;
  std::size_t removes = 0;
  std::size_t held = 0;
  std::size_t conflicts = 0;
  std::size_t unmanaged = 0;
  std::size_t in_sync = 0;      // policies that need nothing
  std::size_t kept = 0;         // grants that a policy which is not ours gives already
  std::size_t identical = 0;    // of these: `adopt: identical` takes the policy over
  std::size_t differing = 0;    // conflicts: `adopt: always` takes the policy over
  std::size_t may_be_ours = 0;  // of both: the policy looks as if it had lost our marker
  std::size_t dropped = 0;      // what the mode does not allow, or what backs off, and only notes
  std::size_t stalled = 0;      // actions that are Stalled, those that back off included
  std::size_t unknown_use = 0;  // deletes, held ones too, of policies whose last use is unknown
  std::size_t ends = 0;         // of grants, that are new, changed or taken off

  bool operator==(const PlanCounts&) const = default;
};

struct Plan {
  AccountId account;
  std::vector<Action> actions;  // sorted by verb, key, id
  std::vector<Note> notes;      // sorted by kind, reason, name, id
  std::vector<GrantEnd> ends;   // those to come, and those taken off; sorted by key
  std::size_t ours =
      0;  // policies that are ours (ours, altered, unmarked): what percents count against
  std::size_t in_sync = 0;
  std::vector<AssertionResult> assertions = {};       // of the account once this is done; by name
  std::vector<AssertionChange> lost_assertions = {};  // since the revision before; by name
  /// Names this plan. The planner gives it hash_plan(); a plan that people may let through gets
  /// plan_name() once the rails have seen it (plan_name.hpp). Back-off does not change it.
  std::string hash;

  bool operator==(const Plan&) const = default;
};

PlanCounts count(const Plan& plan);

/// All that the difference asks for: the actions, held ones too, and what the mode keeps back.
/// They live as long as `plan`.
std::vector<const Action*> wanted_actions(const Plan& plan);

/// True where nothing would run, nothing is held, nothing conflicts and no grant's end changes.
/// What the mode dropped does not count, as it would not run: in mode observe a quiet plan may hold
/// the whole difference, in count().dropped and in the notes.
bool is_quiet(const Plan& plan);

/// True where a policy or a grant is left as it is though the manifests ask for something else:
/// pinned, suspended, protected, …
bool leaves_something(const Plan& plan);

std::string_view to_string(Verb verb);      // "create", "update", "delete"
std::string_view to_string(Risk risk);      // "widening", …
std::string_view to_string(Reason reason);  // "RolesDiffer", …
std::string_view to_string(NoteKind kind);  // "conflict", …

}  // namespace authzd
