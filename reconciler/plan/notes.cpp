// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/notes.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/never.hpp"

#include <utility>

namespace authzd {
namespace {

std::string quoted(std::string_view name) {
  return "\"" + printable(name) + "\"";
}

std::string policy_text(const Sighting& sighting) {
  return "policy " + printable(sighting.policy->id.value);
}

/// "…, and grant "x" wants its key: what to do", or the sentence alone.
Note left(const Sighting& sighting,
          const Grant* grant,
          std::string reason,
          std::string sentence,
          std::string_view advice) {
  if (grant == nullptr) {
    return note_on(NoteKind::unmanaged, std::move(reason), std::move(sentence), sighting, nullptr);
  }
  sentence +=
      ", and " + quoted(grant->name) + " wants the same source and target; " + std::string(advice);
  return note_on(NoteKind::conflict, std::move(reason), std::move(sentence), sighting, grant);
}

Note foreign(const Sighting& sighting, const Grant* grant) {
  constexpr std::string_view kAdvice = "remove the target from the manifest";
  const std::string policy = policy_text(sighting);
  if (!sighting.policy->template_id.empty()) {
    return left(sighting,
                grant,
                "EnterpriseTemplate",
                policy + " comes from an enterprise template",
                kAdvice);
  }
  return left(sighting,
              grant,
              "ServiceMade",
              policy + " was made by " + printable(sighting.policy->created_by.value),
              kAdvice);
}

Note theirs(const Sighting& sighting, const Grant* grant, const Ownership& ownership) {
  const std::string sentence =
      policy_text(sighting) + " belongs to owner " + quoted(sighting.description.marker->owner);
  if (grant == nullptr && ownership.known_ids.contains(sighting.policy->id)) {
    return note_on(
        NoteKind::conflict,
        "OtherOwner",
        sentence + ", though our state knows it as ours; settle with that owner whose it is",
        sighting,
        nullptr);
  }
  return left(
      sighting, grant, "OtherOwner", sentence, "settle with that owner which of the two keeps it");
}

Note disputed(const Sighting& sighting, const Grant* grant) {
  const std::string why =
      !sighting.description.rivals.empty()
          ? " carries two different markers; take the wrong one out of its description"
          : " carries our marker, but neither our state nor our identities know it (a copy, or the "
            "state was lost); take the marker out, or add its maker to identities";
  return note_on(NoteKind::conflict, "Disputed", policy_text(sighting) + why, sighting, grant);
}

Note unmarked(const Sighting& sighting, const Grant* grant) {
  return note_on(NoteKind::conflict,
                 std::string(kUnmarkedNote),
                 policy_text(sighting) +
                     " was ours and someone took its marker off, and no grant "
                     "needs it; approve its removal, which the rail \"unmarked\" holds, or "
                     "release it",
                 sighting,
                 grant);
}

}  // namespace

Note note_on(NoteKind kind,
             std::string reason,
             std::string message,
             const Sighting& sighting,
             const Grant* grant) {
  const auto& marker = sighting.description.marker;
  Note note{.kind = kind,
            .reason = std::move(reason),
            .message = std::move(message),
            .name = {},
            .position = {},
            .id = sighting.policy->id,
            .policy = sighting.policy->content};
  if (grant != nullptr) {
    note.name = grant->name;
    note.position = grant->position;
  } else if (marker) {
    note.name = marker->name;
  }
  return note;
}

Note note_on(NoteKind kind, std::string reason, std::string message, const Grant& grant) {
  return {.kind = kind,
          .reason = std::move(reason),
          .message = std::move(message),
          .name = grant.name,
          .position = grant.position,
          .id = {},
          .policy = std::nullopt};
}

Note left_alone(const Sighting& sighting, const Grant* grant, const Ownership& ownership) {
  switch (sighting.owner) {
    case OwnerClass::foreign: return foreign(sighting, grant);
    case OwnerClass::theirs: return theirs(sighting, grant, ownership);
    case OwnerClass::disputed: return disputed(sighting, grant);
    case OwnerClass::unmarked: return unmarked(sighting, grant);
    default: break;
  }
  return note_on(NoteKind::unmanaged,
                 "Unmanaged",
                 policy_text(sighting) + " is not managed by authzd",
                 sighting,
                 nullptr);
}

Note not_adopted(const Sighting& sighting, const Grant& grant, bool is_identical) {
  if (is_identical) {
    return note_on(NoteKind::kept,
                   "Unmanaged",
                   policy_text(sighting) +
                       " already grants this and is not managed; removing the "
                       "manifest will not revoke it",
                   sighting,
                   &grant);
  }
  return note_on(NoteKind::conflict,
                 "Unmanaged",
                 policy_text(sighting) +
                     " has the same source and target, is not managed, and "
                     "differs; set adopt, or delete or change it by hand",
                 sighting,
                 &grant);
}

namespace {

Note kept_at(std::string reason, std::string message, const Grant& grant, const Sighting* holder) {
  if (holder == nullptr) {
    return note_on(NoteKind::kept, std::move(reason), std::move(message), grant);
  }
  return note_on(NoteKind::kept, std::move(reason), std::move(message), *holder, &grant);
}

struct FrozenWords {
  std::string_view reason;
  std::string_view why;
};

FrozenWords words_of(Wish wish) {
  switch (wish) {
    case Wish::pinned: return {"Pinned", "is pinned by an undo"};
    case Wish::suspended: return {"Suspended", "belongs to a suspended authorization"};
    case Wish::doubtful:
      return {"ClockSkew", "belongs to a grant that has expired by a clock that is in doubt"};
    default: break;
  }
  return {"UnknownRole", "belongs to an authorization whose roles are unknown"};
}

}  // namespace

Note frozen(const Sighting& sighting, Wish wish, NoteKind kind, const Grant* grant) {
  const auto [reason, why] = words_of(wish);
  return note_on(kind,
                 std::string(reason),
                 policy_text(sighting) + " " + std::string(why) + " and is not touched",
                 sighting,
                 grant);
}

Note pinned(const Grant& grant, const Sighting* holder) {
  return kept_at("Pinned",
                 "pinned by an undo: left alone until its manifest changes, or `authzd unpin`",
                 grant,
                 holder);
}

Note doubtful(const Grant& grant, const Sighting* holder) {
  return kept_at("ClockSkew",
                 "its expiresAt " + to_rfc3339(*grant.expires_at) +
                     " has come by this host's clock, which differs from IAM's by more than 5 min; "
                     "nothing is done about it until the clock is right",
                 grant,
                 holder);
}

Note released(const Grant& grant, bool has_holder, const Sighting* unmarked) {
  return kept_at("Released",
                 has_holder ? "already released; the manifest may go"
                            : "nothing to release; the manifest may go",
                 grant,
                 unmarked);
}

Note not_releasable(const Sighting& sighting, const Grant* grant) {
  return note_on(NoteKind::conflict,
                 "CannotRelease",
                 policy_text(sighting) + " has parts that authzd cannot write (" +
                     printable(sighting.policy->content.extras.begin()->first) +
                     "), and would lose them with the marker; take one of the two off by hand",
                 sighting,
                 grant);
}

Note never_touched(const Action& action,
                   const PolicyPattern& pattern,
                   const Sighting* sighting,
                   const Grant* grant) {
  const bool is_wanted = grant != nullptr && action.verb != Verb::remove;
  const NoteKind kind = is_wanted ? NoteKind::conflict : NoteKind::kept;
  std::string message = "not " + std::string(to_string(action.verb)) +
                        "d: rails.never forbids to touch what fits (" +
                        printable(pattern_text(pattern)) + ")";
  if (sighting == nullptr) return note_on(kind, "Never", std::move(message), *grant);
  return note_on(kind, "Never", policy_text(*sighting) + " is " + message, *sighting, grant);
}

Note protected_from(const Sighting& sighting, const Grant* grant, Verb verb) {
  const std::string what = verb == Verb::remove ? "deleted" : "narrowed";
  return note_on(NoteKind::kept,
                 "Protected",
                 policy_text(sighting) + " is protected and not " + what +
                     "; take `protect` off its manifest first and let that be applied",
                 sighting,
                 grant);
}

Note not_narrowed_by_adoption(const Sighting& sighting, const Grant& grant) {
  return note_on(NoteKind::conflict,
                 "Protected",
                 policy_text(sighting) +
                     " grants more than its manifest, which says `protect`, and is not narrowed; "
                     "write all that it grants into the manifest, or add `protect` once it is "
                     "adopted",
                 sighting,
                 &grant);
}

Note unresolved(const Want& want, const Sighting* holder) {
  const Error& error = want.resolved->roles.error();
  std::string reason =
      error.code == ErrorCode::invalid_manifest ? "UnknownRole" : "RoleLookupFailed";
  std::string message = printable(to_string(error));
  if (holder == nullptr) {
    return note_on(NoteKind::conflict, std::move(reason), std::move(message), want.grant());
  }
  return note_on(NoteKind::conflict, std::move(reason), std::move(message), *holder, &want.grant());
}

}  // namespace authzd
