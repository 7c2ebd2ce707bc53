// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/adoption.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/notes.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// Signs that the policy was ours and another tool removed the marker; empty: none. They are no
/// proof: without a state, this cannot be decided.
std::string sign_of_ours(const SurveyedPolicy& surveyed,
                         const Grant& grant,
                         const Ownership& ownership) {
  const Observed& policy = *surveyed.policy;
  const Authorship author = authorship_of(policy);
  if (author.changed_at.empty()) return {};
  const std::string change =
      printable(author.changed_by.value) + " changed it at " + printable(author.changed_at);
  if (is_made_by_us(policy, ownership)) return "our own identity made it, and " + change;
  const bool has_our_text = grant.description && !trim(*grant.description).empty() &&
                            trim(*grant.description) == surveyed.description->text;
  if (!has_our_text || author.changed_by == author.created_by) return {};
  return "it has this manifest's description, and " + change;
}

Note noted(const SurveyedPolicy& surveyed,
           const Grant& grant,
           NoteKind kind,
           std::string_view what,
           std::string_view advice,
           const std::string& sign) {
  std::string message = "policy " + printable(surveyed.policy->id.value) + std::string(what);
  if (!sign.empty()) {
    message += ". It looks like ours without its marker: " + sign +
               ". If another tool rewrote it, end that there, and take it back with adopt";
  }
  message += "; " + std::string(advice);
  Note note = note_on(kind, NoteReason::unmanaged, std::move(message), surveyed, &grant);
  note.author = authorship_of(*surveyed.policy);
  note.may_be_ours = !sign.empty();
  return note;
}

}  // namespace

bool may_adopt(Adopt adopt, bool is_identical) {
  return adopt == Adopt::always || (adopt == Adopt::identical && is_identical);
}

Authorship authorship_of(const Observed& policy) {
  Authorship author{policy.created_by, policy.created_at, {}, {}};
  if (policy.last_modified_at != policy.created_at) {
    author.changed_by = policy.last_modified_by;
    author.changed_at = policy.last_modified_at;
  }
  return author;
}

Note not_adopted(const SurveyedPolicy& surveyed,
                 const Grant& grant,
                 const PolicyContent& wanted,
                 const Ownership& ownership) {
  const PolicyContent& has = surveyed.policy->content;
  const std::string sign = sign_of_ours(surveyed, grant, ownership);
  if (has.roles == wanted.roles && has.extras.empty()) {
    return noted(surveyed,
                 grant,
                 NoteKind::kept,
                 " already grants this and is not managed",
                 "removing the manifest will not revoke it",
                 sign);
  }
  Note note = noted(surveyed,
                    grant,
                    NoteKind::conflict,
                    " has the same source and target, is not managed, and differs",
                    "set adopt: always (--adopt always) to take it over and change it as shown, or "
                    "delete it by hand, or write its roles into the manifest",
                    sign);
  note.wanted = wanted;
  return note;
}

bool is_identical(const Observed& policy, const Want& want) {
  return policy.content.roles == *want.resolved->roles && policy.content.extras.empty();
}

bool is_candidate(std::size_t surveyed, const Want& want, const Survey& survey) {
  return want.holders.front() == surveyed &&
         std::ranges::all_of(want.holders, [&](std::size_t other) {
           return survey.policies[other].owner == OwnerClass::unmanaged;
         });
}

Note not_narrowed_by_adoption(const SurveyedPolicy& surveyed, const Grant& grant) {
  return note_on(NoteKind::conflict,
                 NoteReason::protection,
                 "policy " + printable(surveyed.policy->id.value) +
                     " grants more than its manifest, which says `protect`, and is not narrowed; "
                     "write all that it grants into the manifest, or add `protect` once it is "
                     "adopted",
                 surveyed,
                 &grant);
}

}  // namespace authzd
