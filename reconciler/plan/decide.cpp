// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/decide.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/policy_pattern.hpp"
#include "reconciler/plan/adoption.hpp"
#include "reconciler/plan/assign.hpp"
#include "reconciler/plan/ends.hpp"
#include "reconciler/plan/look_ahead.hpp"
#include "reconciler/plan/notes.hpp"
#include "reconciler/plan/removal.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace authzd {
namespace {

// The decision depends on the policy, and on the grant at its key. "Needed" is the result of
// assign(). Protection and `never` are checked last, on the action itself: one that would delete or
// narrow a protected policy becomes a note, and so does one on what matches rails.never.
//
//   policy    | grant at its key        | decision
//   ----------+-------------------------+---------------------------------------------------------
//   none      | wanted                  | create
//   none      | suspended               | note Suspended
//   none      | roles unknown           | conflict UnknownRole or RoleLookupFailed
//   none      | instance not found      | conflict UnknownInstance, AmbiguousInstance,
//             |                         | InstanceLookupFailed or GrantedTwice
//   none      | released                | note Released
//   none      | expired                 | nothing
//   any       | expired, clock in doubt | note ClockSkew
//   any       | pinned                  | note Pinned
//   ours      | wanted, needed, equal   | nothing (in sync)
//   ours      | wanted, needed, differs | update: RolesDiffer, ExtrasDiffer, TextDiffers,
//             |                         | MarkerRewritten
//   ours      | wanted, another serves  | delete
//   ours      | none                    | delete
//   ours      | expired                 | delete, Expired
//   ours      | released                | update: Released; conflict CannotRelease where it has
//             |                         | parts that authzd cannot write
//   ours      | suspended, unknown, …   | left alone
//   altered   | its hash's grant free   | update: Altered, back to that grant
//   altered   | wanted, needed          | update: Altered, to the grant at its key
//   altered   | hash's key being freed  | note Follows
//   altered   | otherwise               | delete, Altered
//   unmarked  | wanted, needed          | update: MarkerRestored
//   unmarked  | not needed              | conflict Unmarked, and a delete, Unmarked, which the
//             |                         | rails hold until it is approved
//   unmanaged | wanted, equal roles     | never: note Unmanaged; else update: Adopted
//   unmanaged | wanted, other roles     | always: update: Adopted; else conflict Unmanaged
//   unmanaged | wanted, protected, and  | conflict Protected
//             | adopting would narrow   |
//   unmanaged | none                    | unmanaged
//   theirs    | wanted, or id known     | conflict OtherOwner
//   theirs    | none                    | unmanaged
//   foreign   | wanted, equal roles     | note ServiceMade or EnterpriseTemplate: it is satisfied
//   foreign   | wanted, other roles     | conflict ServiceMade or EnterpriseTemplate
//   foreign   | none, but it was ours   | conflict ServiceMade or EnterpriseTemplate
//   foreign   | none                    | unmanaged
//   disputed  | any                     | conflict Disputed
//
// If any grant of an authorization has unknown roles, or an instance that was not found, no policy
// of any of its grants is deleted. Policies that the document inherits (inheritance.hpp) are
// treated like those of its own grants: left alone if it is suspended or has unknown roles,
// released if it is released.
class Decider {
 public:
  Decider(const AccountId& account,
          const Survey& survey,
          const Ownership& ownership,
          const PlanOptions& options)
      : survey_(survey),
        ownership_(ownership),
        options_(options),
        assignment_(assign(survey, ownership, options)),
        removals_(survey, assignment_, ownership, options) {
    plan_.account = account;
    plan_.ends = ends_of(survey, options);
  }

  Plan run() && {
    // Creates and updates come in the order of a plan; what is left is sorted at the end.
    plan_.actions.reserve(expected_actions(survey_));
    for (std::size_t w = 0; w < survey_.wants.size(); ++w) decide_grant(w);
    for (std::size_t w = 0; w < survey_.wants.size(); ++w) {
      fetch_servers_after(w, survey_, assignment_);
      if (assignment_.server[w]) decide_policy(*assignment_.server[w]);
    }
    for (std::size_t s = 0; s < survey_.policies.size(); ++s) {
      if (!is_server(s, assignment_)) decide_policy(s);
    }
    return std::move(plan_);
  }

 private:
  void decide_policy(std::size_t s) {
    const SurveyedPolicy& it = survey_.policies[s];
    const Placement& placement = assignment_.placements[s];
    const OwnerClass owner = it.owner;
    plan_.ours +=
        owner == OwnerClass::ours || owner == OwnerClass::altered || owner == OwnerClass::unmarked;
    switch (placement.disposition) {
      case Disposition::serves:
      case Disposition::restored: return serve(it, survey_.wants[*placement.want]);
      case Disposition::waits: return follow(it, survey_.wants[*placement.want].grant());
      case Disposition::released: return release(it);
      case Disposition::surplus: return prune(it);
      case Disposition::frozen: return leave_frozen(it);
      case Disposition::bystander: return leave(s);
    }
  }

  /// Only grants without a policy of ours reach this function.
  void decide_grant(std::size_t w) {
    const Want& want = survey_.wants[w];
    if (want.state == GrantState::suspended) return note_suspended(want);
    if (want.state == GrantState::unresolved || want.state == GrantState::unlocated) {
      return add(unresolved(want, holder_of(want)));
    }
    if (want.state == GrantState::pinned) return add(pinned(want.grant(), holder_of(want)));
    if (want.state == GrantState::doubtful) return add(doubtful(want.grant(), holder_of(want)));
    if (want.state == GrantState::released) return note_released(want);
    if (want.state == GrantState::expired || assignment_.server[w]) return;
    if (want.holders.empty()) return create(want);
    explain_holders(want);
  }

  [[nodiscard]] const SurveyedPolicy* holder_of(const Want& want) const {
    return want.holders.empty() ? nullptr : &survey_.policies[want.holders.front()];
  }

  [[nodiscard]] const Grant* wanting(const SurveyedPolicy& it) const {
    if (!it.want_at_key || survey_.wants[*it.want_at_key].state != GrantState::wanted)
      return nullptr;
    return &survey_.wants[*it.want_at_key].grant();
  }

  void create(const Want& want) {
    const Grant& grant = want.grant();
    Action action;
    action.verb = Verb::create;
    action.name = grant.name;
    action.key = grant.key;
    action.after = wanted_content(want, nullptr, survey_, ownership_, options_);
    action.reason = Reason::missing;
    propose(std::move(action), nullptr, &grant);
  }

  void serve(const SurveyedPolicy& it, const Want& want) {
    const auto reason = difference(it, want);
    if (!reason) {
      if (options_.plans(want.grant().name)) ++plan_.in_sync;
      return;
    }
    update(it, want, *reason);
  }

  /// Compares descriptions by their meaning, not by their layout, which IAM might normalise.
  [[nodiscard]] std::optional<Reason> difference(const SurveyedPolicy& it, const Want& want) const {
    if (it.is_as_granted && (!it.is_protection_ours || want.grant().is_protected)) return {};
    const PolicyContent& before = it.policy->content;
    if (it.owner == OwnerClass::altered) {
      // They can still be equal: a twin of ours has done it, and our state does not know yet.
      const auto after = wanted_content(want, &it, survey_, ownership_, options_);
      return before == after ? std::nullopt : std::optional(Reason::altered);
    }
    if (it.owner == OwnerClass::unmarked) return Reason::marker_restored;
    if (before.roles != *want.resolved->roles) return Reason::roles_differ;
    if (!before.extras.empty()) return Reason::extras_differ;
    if (has_wanted_description(want, it, survey_, ownership_, options_)) return std::nullopt;
    const std::string text = wanted_description(want, &it, survey_, ownership_, options_);
    const Description wanted = parse_description(text);
    if (it.description->text != wanted.text) return Reason::text_differs;
    if (it.description->marker != wanted.marker) return Reason::marker_rewritten;
    return std::nullopt;
  }

  void update(const SurveyedPolicy& it, const Want& want, Reason reason) {
    const Grant& grant = want.grant();
    Action action = action_on(it, Verb::update, reason);
    action.name = grant.name;
    action.key = grant.key;
    action.after = wanted_content(want, &it, survey_, ownership_, options_);
    if (reason == Reason::adopted) {
      action.author = authorship_of(*it.policy);
    } else {
      action.drift = drift_of(*it.policy, ownership_);
    }
    propose(std::move(action), &it, &grant);
  }

  void release(const SurveyedPolicy& it) {
    const Grant* grant = it.want_at_key ? &survey_.wants[*it.want_at_key].grant() : nullptr;
    if (!it.policy->content.extras.empty()) return add(not_releasable(it, grant));
    // If the policy were taken up again without `protect`, it would lose its protection at once.
    if (is_protected(it, survey_, options_)) {
      return add(protected_from(it, grant, "released", protection_of(it)));
    }
    Action action = action_on(it, Verb::update, Reason::released);
    action.name = it.marker_name();
    if (grant != nullptr) action.position = grant->position;
    action.after = it.policy->content;
    action.after->description = it.description->text;
    propose(std::move(action), &it, nullptr);
  }

  void prune(const SurveyedPolicy& it) {
    const bool is_altered = it.owner == OwnerClass::altered;
    const auto w = is_altered && it.made_for ? it.made_for : it.want_at_key;
    const Grant* expired = nullptr;
    if (w && survey_.wants[*w].state == GrantState::expired) expired = &survey_.wants[*w].grant();
    Action action = action_on(it, Verb::remove, is_altered ? Reason::altered : Reason::not_desired);
    action.name = it.marker_name();
    if (expired != nullptr) action.reason = Reason::expired;
    if (is_altered) action.drift = drift_of(*it.policy, ownership_);
    const auto former = options_.former_instances.find(it.key);
    if (former != options_.former_instances.end()) add(replaced_instance(it, former->second));
    propose(std::move(action), &it, expired);
  }

  /// Nobody needs the policy, and only a person can decide to remove it.
  void give_up(const SurveyedPolicy& it, const Grant* grant) {
    Action action = action_on(it, Verb::remove, Reason::unmarked);
    action.name = it.marker_name();
    action.drift = drift_of(*it.policy, ownership_);
    const bool may_go = !is_forbidden(it, std::nullopt, survey_, options_);
    propose(std::move(action), &it, nullptr);
    if (may_go) add(left_alone(it, grant, false, ownership_));
  }

  [[nodiscard]] static Action action_on(const SurveyedPolicy& it, Verb verb, Reason reason) {
    Action action;
    action.verb = verb;
    action.key = it.key;
    action.id = it.policy->id;
    action.before = it.policy->content;
    action.last_modified_at = it.policy->last_modified_at;
    action.reason = reason;
    return action;
  }

  /// The only way into the plan: classifies the change, and stops what protection or `never`
  /// forbids.
  void propose(Action&& action, const SurveyedPolicy* it, const Grant* grant) {
    const Effect effect = effect_of(action.before, action.after);
    action.risk = to_risk(effect);
    if (grant != nullptr) {
      action.position = grant->position;
      action.rationale = grant->rationale;
    }
    if (it != nullptr && effect.narrows && is_forbidden(*it, action.after, survey_, options_)) {
      const std::string_view loss = action.verb == Verb::remove ? "deleted" : "narrowed";
      return add(protected_from(*it, grant, loss, protection_of(*it)));
    }
    for (const auto* content : {&action.before, &action.after}) {
      const auto* pattern = *content ? find_never(options_.never, **content) : nullptr;
      if (pattern != nullptr) return add(never_touched(action, *pattern, it, grant));
    }
    if (it != nullptr && effect.narrows) {
      action.removal = removals_.of(*it, action.reason == Reason::expired ? grant : nullptr);
    }
    plan_.actions.push_back(std::move(action));
  }

  [[nodiscard]] Protection protection_of(const SurveyedPolicy& it) const {
    const ProtectReleases& releases = options_.protect_releases;
    const Want* want = survey_.want_of(it);
    Protection protection{.is_wanted = want != nullptr && want->grant().is_protected,
                          .delay = releases.delay,
                          .drift = drift_of(*it.policy, ownership_)};
    const auto ends = releases.to_come.find(protected_key(it, survey_));
    if (ends != releases.to_come.end() && !protection.is_wanted) protection.ends = ends->second;
    return protection;
  }

  void follow(const SurveyedPolicy& it, const Grant& grant) {
    add(note_on(NoteKind::kept,
                NoteReason::follows,
                "policy " + printable(it.policy->id.value) +
                    " was altered; a later plan restores it, once its place is free",
                it,
                &grant));
  }

  void leave_frozen(const SurveyedPolicy& it) {
    // The grant at its key has its own note.
    if (it.want_at_key && holds_still(survey_.wants[*it.want_at_key].state)) return;
    const Grant* grant = wanting(it);
    const bool is_in_the_way = grant != nullptr && !assignment_.server[*it.want_at_key];
    const NoteKind kind = is_in_the_way ? NoteKind::conflict : NoteKind::kept;
    add(frozen(it, survey_.wish_that_freezes(it), kind, grant));
  }

  void leave(std::size_t s) {
    const SurveyedPolicy& it = survey_.policies[s];
    const Grant* grant = wanting(it);
    if (it.owner == OwnerClass::unmanaged && grant != nullptr) {
      const std::size_t w = *it.want_at_key;
      if (!assignment_.server[w] && is_candidate(s, survey_.wants[w], survey_)) {
        return adopt(it, survey_.wants[w]);
      }
    }
    if (it.owner == OwnerClass::unmarked) {
      if (!is_released_already(it)) give_up(it, grant);
      return;
    }
    if (grant == nullptr) return add(left_alone(it, nullptr, false, ownership_));
    const Want& want = survey_.wants[*it.want_at_key];
    Note note = left_alone(it, grant, is_identical(*it.policy, want), ownership_);
    if (note.kind == NoteKind::conflict) {
      note.wanted = wanted_content(want, &it, survey_, ownership_, options_);
      note.wanted->description = it.policy->content.description;  // nobody would write it
    }
    add(std::move(note));
  }

  /// Released grants are reported once, with the grant.
  [[nodiscard]] bool is_released_already(const SurveyedPolicy& it) const {
    return it.want_at_key && survey_.wants[*it.want_at_key].state == GrantState::released;
  }

  void adopt(const SurveyedPolicy& it, const Want& want) {
    const bool is_same = is_identical(*it.policy, want);
    const auto wanted = wanted_content(want, &it, survey_, ownership_, options_);
    if (!may_adopt(options_.adopt, is_same)) {
      return add(not_adopted(it, want.grant(), wanted, ownership_));
    }
    if (want.grant().is_protected && effect_of(it.policy->content, wanted).narrows) {
      return add(not_narrowed_by_adoption(it, want.grant()));
    }
    update(it, want, Reason::adopted);
  }

  void note_suspended(const Want& want) {
    const SurveyedPolicy* holder = holder_of(want);
    const std::string message = "suspended: no policy of " + want.grant().name + " is touched";
    add(holder == nullptr
            ? note_on(NoteKind::kept, NoteReason::suspended, message, want.grant())
            : note_on(NoteKind::kept, NoteReason::suspended, message, *holder, &want.grant()));
  }

  void note_released(const Want& want) {
    for (const std::size_t s : want.holders) {
      if (assignment_.placements[s].disposition == Disposition::released) return;
    }
    add(released(want.grant(), !want.holders.empty(), unmarked_holder_of(want)));
  }

  /// Released already, while the state still knows its id.
  [[nodiscard]] const SurveyedPolicy* unmarked_holder_of(const Want& want) const {
    for (const std::size_t s : want.holders) {
      if (survey_.policies[s].owner == OwnerClass::unmarked) return &survey_.policies[s];
    }
    return nullptr;
  }

  /// The key is taken, and no policy serves the grant. Each other holder has its own note, except
  /// one that moves away in this plan: then the grant's note says that it follows.
  void explain_holders(const Want& want) {
    const bool is_vacated =
        std::any_of(want.holders.begin(), want.holders.end(), [&](std::size_t s) {
          return assignment_.placements[s].disposition == Disposition::restored;
        });
    if (!is_vacated) return;
    add(note_on(
        NoteKind::kept,
        NoteReason::follows,
        "a later plan creates it, once the policy that has its source and target has been restored "
        "to its own",
        want.grant()));
  }

  void add(Note note) { plan_.notes.push_back(std::move(note)); }

  const Survey& survey_;
  const Ownership& ownership_;
  const PlanOptions& options_;
  Assignment assignment_;
  RemovalFacts removals_;
  Plan plan_;
};

}  // namespace

Plan decide(const AccountId& account,
            const Survey& survey,
            const Ownership& ownership,
            const PlanOptions& options) {
  return Decider(account, survey, ownership, options).run();
}

}  // namespace authzd
