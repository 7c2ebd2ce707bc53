// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/notes.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <utility>

namespace authzd {
namespace {

std::string quoted(std::string_view name) {
  return "\"" + printable(name) + "\"";
}

std::string policy_text(const SurveyedPolicy& surveyed) {
  return "policy " + printable(surveyed.policy->id.value);
}

/// "…, and grant "x" wants its key: what to do", or the sentence alone.
Note left(const SurveyedPolicy& surveyed,
          const Grant* grant,
          NoteReason reason,
          std::string sentence,
          std::string_view advice) {
  if (grant == nullptr) {
    return note_on(NoteKind::unmanaged, reason, std::move(sentence), surveyed, nullptr);
  }
  sentence +=
      ", and " + quoted(grant->name) + " wants the same source and target; " + std::string(advice);
  return note_on(NoteKind::conflict, reason, std::move(sentence), surveyed, grant);
}

/// Why a foreign policy is left alone, whatever the manifests say.
struct Origin {
  NoteReason reason;
  std::string sentence;
};

Origin origin_of(const SurveyedPolicy& surveyed) {
  const std::string policy = policy_text(surveyed);
  if (!surveyed.policy->template_id.empty()) {
    return {NoteReason::enterprise_template, policy + " comes from an enterprise template"};
  }
  return {NoteReason::service_made,
          policy + " was made by " + printable(surveyed.policy->created_by.value)};
}

Note foreign(const SurveyedPolicy& surveyed,
             const Grant* grant,
             bool is_satisfied,
             const Ownership& ownership) {
  auto [reason, sentence] = origin_of(surveyed);
  if (grant != nullptr && is_satisfied) {
    sentence += " and grants what " + quoted(grant->name) +
                " wants; removing the manifest will not revoke it";
    return note_on(NoteKind::kept, reason, std::move(sentence), surveyed, grant);
  }
  const auto& marker = surveyed.description->marker;
  const bool was_ours = ownership.known->contains(surveyed.policy->id) ||
                        (marker && marker->owner == ownership.owner);
  if (grant == nullptr && was_ours) {
    sentence +=
        ", and it was ours; it is left alone, though no manifest wants it. Take it out of the "
        "template, or write a manifest with the roles that it has";
    return note_on(NoteKind::conflict, reason, std::move(sentence), surveyed, nullptr);
  }
  return left(surveyed,
              grant,
              reason,
              std::move(sentence),
              "set the roles that it has in the manifest, or remove the target from it");
}

Note theirs(const SurveyedPolicy& surveyed, const Grant* grant, const Ownership& ownership) {
  const std::string sentence =
      policy_text(surveyed) + " belongs to owner " + quoted(surveyed.description->marker->owner);
  if (grant == nullptr && ownership.known->contains(surveyed.policy->id)) {
    return note_on(
        NoteKind::conflict,
        NoteReason::other_owner,
        sentence +
            ", though our state knows it as ours; settle with that owner whose it is: they "
            "release it, or `authzd release " +
            printable(surveyed.policy->id.value) + "` forgets it here",
        surveyed,
        nullptr);
  }
  return left(
      surveyed,
      grant,
      NoteReason::other_owner,
      sentence,
      "settle with that owner which of the two keeps it: they release it and you take it over "
      "(adopt: identical, or always where it differs), or you take it out of the manifests");
}

/// Adding a creator to our identities makes every policy with our marker that it created ours. So
/// this is advised only if the marker matches, and was not merely copied from another policy.
std::string why_disputed(const SurveyedPolicy& surveyed) {
  if (!surveyed.description->rivals.empty()) {
    return " carries two different markers, and our state does not know it; take the wrong one out "
           "of its description";
  }
  if (surveyed.description->marker->hash12 != surveyed.key.hash12()) {
    return " carries our marker, which was made for another source and target, and neither our "
           "state nor our identities know it; take the marker out of its description";
  }
  return " carries our marker, but neither our state nor our identities know it; if " +
         printable(surveyed.policy->created_by.value) +
         " was the identity of this installation, list it in identities; else take the marker out "
         "of its description";
}

Note disputed(const SurveyedPolicy& surveyed, const Grant* grant) {
  return note_on(NoteKind::conflict,
                 NoteReason::disputed,
                 policy_text(surveyed) + why_disputed(surveyed),
                 surveyed,
                 grant);
}

Note unmarked(const SurveyedPolicy& surveyed, const Grant* grant) {
  return note_on(NoteKind::conflict,
                 NoteReason::unmarked,
                 policy_text(surveyed) +
                     " was ours and someone took its marker off, and no grant needs it; approve "
                     "its removal, which the rail \"unmarked\" holds, or let it stay: `authzd "
                     "release " +
                     printable(surveyed.policy->id.value) + "` forgets that it was ours",
                 surveyed,
                 grant);
}

}  // namespace

Note note_on(NoteKind kind,
             NoteReason reason,
             std::string message,
             const SurveyedPolicy& surveyed,
             const Grant* grant) {
  const auto& marker = surveyed.description->marker;
  Note note{.kind = kind,
            .reason = reason,
            .message = std::move(message),
            .name = {},
            .position = {},
            .id = surveyed.policy->id,
            .policy = surveyed.policy->content};
  if (grant != nullptr) {
    note.name = grant->name;
    note.position = grant->position;
  } else if (marker) {
    note.name = marker->name;
  }
  return note;
}

Note note_on(NoteKind kind, NoteReason reason, std::string message, const Grant& grant) {
  return {.kind = kind,
          .reason = reason,
          .message = std::move(message),
          .name = grant.name,
          .position = grant.position,
          .id = {},
          .policy = std::nullopt};
}

Note left_alone(const SurveyedPolicy& surveyed,
                const Grant* grant,
                bool is_satisfied,
                const Ownership& ownership) {
  switch (surveyed.owner) {
    case OwnerClass::foreign: return foreign(surveyed, grant, is_satisfied, ownership);
    case OwnerClass::theirs: return theirs(surveyed, grant, ownership);
    case OwnerClass::disputed: return disputed(surveyed, grant);
    case OwnerClass::unmarked: return unmarked(surveyed, grant);
    default: break;
  }
  return note_on(NoteKind::unmanaged,
                 NoteReason::unmanaged,
                 policy_text(surveyed) + " is not managed by authzd",
                 surveyed,
                 nullptr);
}

namespace {

Note kept_at(NoteReason reason,
             std::string message,
             const Grant& grant,
             const SurveyedPolicy* holder) {
  if (holder == nullptr) {
    return note_on(NoteKind::kept, reason, std::move(message), grant);
  }
  return note_on(NoteKind::kept, reason, std::move(message), *holder, &grant);
}

struct FrozenWords {
  NoteReason reason;
  std::string_view why;
};

FrozenWords words_of(GrantState state) {
  switch (state) {
    case GrantState::pinned: return {NoteReason::pinned, "is pinned by an undo or a release"};
    case GrantState::suspended:
      return {NoteReason::suspended, "belongs to a suspended authorization"};
    case GrantState::doubtful:
      return {NoteReason::clock_skew,
              "belongs to a grant that has expired by a clock that is in doubt"};
    case GrantState::unlocated:
      return {NoteReason::unknown_instance,
              "may belong to an authorization that calls an instance by a name that was not found"};
    default: break;
  }
  return {NoteReason::unknown_role, "belongs to an authorization whose roles are unknown"};
}

}  // namespace

Note frozen(const SurveyedPolicy& surveyed, GrantState state, NoteKind kind, const Grant* grant) {
  const auto [reason, why] = words_of(state);
  return note_on(kind,
                 reason,
                 policy_text(surveyed) + " " + std::string(why) + " and is not touched",
                 surveyed,
                 grant);
}

Note pinned(const Grant& grant, const SurveyedPolicy* holder) {
  return kept_at(NoteReason::pinned,
                 "pinned by an undo or a release: left alone until its manifest changes, or "
                 "`authzd unpin " +
                     grant.name + "`",
                 grant,
                 holder);
}

Note doubtful(const Grant& grant, const SurveyedPolicy* holder) {
  return kept_at(NoteReason::clock_skew,
                 "whether its expiresAt " + to_rfc3339(*grant.expires_at) +
                     " has come is in doubt: this host's clock is not confirmed by IAM's; nothing "
                     "is done about it until the two agree",
                 grant,
                 holder);
}

Note released(const Grant& grant, bool has_holder, const SurveyedPolicy* unmarked) {
  return kept_at(NoteReason::released,
                 has_holder ? "already released; the manifest may go"
                            : "nothing to release; the manifest may go",
                 grant,
                 unmarked);
}

Note not_releasable(const SurveyedPolicy& surveyed, const Grant* grant) {
  return note_on(NoteKind::conflict,
                 NoteReason::cannot_release,
                 policy_text(surveyed) + " has parts that authzd cannot write (" +
                     printable(surveyed.policy->content.extras.begin()->first) +
                     "), and would lose them with the marker; take one of the two off by hand",
                 surveyed,
                 grant);
}

Note never_touched(const Action& action,
                   const PolicyPattern& pattern,
                   const SurveyedPolicy* surveyed,
                   const Grant* grant) {
  const bool is_wanted = grant != nullptr && action.verb != Verb::remove;
  const NoteKind kind = is_wanted ? NoteKind::conflict : NoteKind::kept;
  std::string message = "not " + std::string(to_string(action.verb)) +
                        "d: rails.never forbids to touch what fits (" +
                        printable(pattern_text(pattern)) + ")";
  if (surveyed == nullptr) return note_on(kind, NoteReason::never, std::move(message), *grant);
  return note_on(
      kind, NoteReason::never, policy_text(*surveyed) + " is " + message, *surveyed, grant);
}

Note protected_from(const SurveyedPolicy& surveyed,
                    const Grant* grant,
                    std::string_view loss,
                    const Protection& protection) {
  const std::string what(loss);
  // Not "it is": a rail may hold it then.
  const std::string may_be = "it may be " + what;
  const std::string after = to_string(protection.delay);
  std::string how;
  if (protection.ends) {
    how = "its manifest has taken `protect` off: from " + to_rfc3339(*protection.ends) + " on " +
          may_be;
  } else if (protection.is_wanted) {
    how = "take `protect` off its manifest: " + after + " after that is applied " + may_be;
  } else if (grant != nullptr) {
    how = "its manifest has taken `protect` off: " + after + " after this revision is applied " +
          may_be;
  } else {
    how = "put its manifest back without `protect`, let that be applied, and take it out again: " +
          after + " after the first " + may_be;
  }
  std::string is_protected = " is protected and not ";
  if (protection.drift) {
    is_protected = " was changed by " + printable(protection.drift->by.value) + " at " +
                   printable(protection.drift->at) + "; it is protected and not ";
  }
  return note_on(NoteKind::kept,
                 NoteReason::protection,
                 policy_text(surveyed) + is_protected + what + "; " + how,
                 surveyed,
                 grant);
}

namespace {

NoteReason unresolved_reason(ErrorCode code, bool is_instance_known) {
  const bool is_manifest = code == ErrorCode::invalid_manifest;
  if (is_instance_known)
    return is_manifest ? NoteReason::unknown_role : NoteReason::role_lookup_failed;
  if (is_manifest) return NoteReason::granted_twice;
  if (code == ErrorCode::not_found) return NoteReason::unknown_instance;
  return code == ErrorCode::conflict ? NoteReason::ambiguous_instance
                                     : NoteReason::instance_lookup_failed;
}

}  // namespace

Note unresolved(const Want& want, const SurveyedPolicy* holder) {
  const Error& error = want.resolved->roles.error();
  NoteReason reason = unresolved_reason(error.code, want.resolved->is_instance_known);
  std::string message = printable(to_string(error));
  if (!want.resolved->is_instance_known) {
    message += "; what this authorization has in IAM is not touched";
  }
  if (holder == nullptr) {
    return note_on(NoteKind::conflict, reason, std::move(message), want.grant());
  }
  return note_on(NoteKind::conflict, reason, std::move(message), *holder, &want.grant());
}

Note replaced_instance(const SurveyedPolicy& surveyed, const FormerInstance& former) {
  return note_on(NoteKind::kept,
                 NoteReason::instance_replaced,
                 to_string(former.instance) + " is " + printable(former.ids.id) + " now, and was " +
                     printable(former.ids.before) + " when " + quoted(former.name) + " was given " +
                     policy_text(surveyed) +
                     ": that policy is to go, and the instance that has the name now gets its "
                     "access. Check that it was replaced on purpose",
                 surveyed,
                 nullptr);
}

}  // namespace authzd
