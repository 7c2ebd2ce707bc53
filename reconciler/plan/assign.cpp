// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/assign.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <tuple>

namespace authzd {
namespace {

/// The grant that decides whether the policy is protected.
const Grant* protecting_grant(const SurveyedPolicy& surveyed, const Survey& survey) {
  const auto& w = surveyed.owner == OwnerClass::altered ? surveyed.made_for : surveyed.want_at_key;
  return w ? &survey.wants[*w].grant() : nullptr;
}

/// The content that we wrote, according to the state. Without it, for a policy that was pointed
/// elsewhere: its roles at the key of its marker. We write no parts that a grant cannot have.
PolicyContent protected_content(const SurveyedPolicy& surveyed, const Survey& survey) {
  if (surveyed.written != nullptr && surveyed.written->protects) return *surveyed.written->protects;
  PolicyContent content = surveyed.policy->content;
  content.extras.clear();
  if (const Grant* grant = protecting_grant(surveyed, survey)) {
    content.subject = grant->subject;
    content.resource = grant->resource;
  }
  return content;
}

class Assigner {
 public:
  Assigner(const Survey& survey, const Ownership& ownership, const PlanOptions& options)
      : survey_(survey), ownership_(ownership), options_(options) {
    result_.placements.resize(survey.policies.size());
    result_.server.resize(survey.wants.size());
  }

  Assignment run() && {
    for (std::size_t s = 0; s < survey_.policies.size(); ++s) set_aside(s);
    for (std::size_t w = 0; w < survey_.wants.size(); ++w) choose_holder(w);
    for (const std::size_t s : altered()) restore(s);
    for (const std::size_t s : altered()) convert(s);
    for (const std::size_t s : altered()) wait(s);
    for (std::size_t s = 0; s < survey_.policies.size(); ++s) spare(s);
    return std::move(result_);
  }

 private:
  [[nodiscard]] const SurveyedPolicy& surveyed(std::size_t s) const { return survey_.policies[s]; }
  [[nodiscard]] bool wishes(const std::optional<std::size_t>& w, GrantState state) const {
    return w && survey_.wants[*w].state == state;
  }

  void place(std::size_t s, Disposition disposition, std::size_t w) {
    result_.placements[s] = {disposition, w};
    result_.server[w] = s;
  }

  /// Decides first about frozen and released policies: they take no part in the following steps.
  void set_aside(std::size_t s) {
    const SurveyedPolicy& it = surveyed(s);
    const bool is_ours = it.owner == OwnerClass::ours || it.owner == OwnerClass::altered;
    if (is_ours || it.owner == OwnerClass::unmarked) {
      if (is_frozen(it)) {
        result_.placements[s].disposition = Disposition::frozen;
      } else if (is_ours) {
        result_.placements[s].disposition =
            is_released(it) ? Disposition::released : Disposition::surplus;
      }
    }
  }

  [[nodiscard]] bool is_frozen(const SurveyedPolicy& it) const {
    if (it.is_pinned) return true;
    if (it.want_at_key && holds_still(survey_.wants[*it.want_at_key].state)) return true;
    if (it.made_for && holds_still(survey_.wants[*it.made_for].state)) return true;
    return it.inherited_state && holds_still(*it.inherited_state);
  }

  [[nodiscard]] bool is_released(const SurveyedPolicy& it) const {
    if (wishes(it.made_for, GrantState::wanted) || wishes(it.want_at_key, GrantState::wanted))
      return false;
    return wishes(it.want_at_key, GrantState::released) ||
           wishes(it.made_for, GrantState::released) || it.inherited_state == GrantState::released;
  }

  /// A policy with exactly the grant's key serves it. Ours come before unmarked ones, then
  /// protected ones, then those that already have the name, then the smallest id. Our other ones
  /// are surplus.
  void choose_holder(std::size_t w) {
    const Want& want = survey_.wants[w];
    if (want.state != GrantState::wanted) return;
    const auto rank = [&](std::size_t s) {
      const SurveyedPolicy& it = surveyed(s);
      const auto& marker = it.description->marker;
      return std::tuple(it.owner != OwnerClass::ours,
                        !it.is_marked_protected,
                        !(marker && marker->name == want.grant().name),
                        s);
    };
    std::optional<std::size_t> best;
    for (const std::size_t s : want.holders) {
      const OwnerClass owner = surveyed(s).owner;
      const bool may_serve = (owner == OwnerClass::ours || owner == OwnerClass::unmarked) &&
                             result_.placements[s].disposition != Disposition::frozen;
      if (may_serve && (!best || rank(s) < rank(*best))) best = s;
    }
    if (best) place(*best, Disposition::serves, w);
  }

  /// Altered policies without a decision.
  [[nodiscard]] std::vector<std::size_t> altered() const {
    std::vector<std::size_t> found;
    for (std::size_t s = 0; s < survey_.policies.size(); ++s) {
      const bool is_open = result_.placements[s].disposition == Disposition::surplus;
      if (surveyed(s).owner == OwnerClass::altered && is_open) found.push_back(s);
    }
    return found;
  }

  [[nodiscard]] bool is_open(const std::optional<std::size_t>& w) const {
    return wishes(w, GrantState::wanted) && !result_.server[*w];
  }

  /// Restores it to the key that its marker was made for, if that key is free.
  void restore(std::size_t s) {
    const auto& w = surveyed(s).made_for;
    if (!is_open(w) || !survey_.wants[*w].holders.empty()) return;
    if (may_become(s, *w)) place(s, Disposition::restored, *w);
  }

  /// Otherwise it becomes what is wanted at its current key.
  void convert(std::size_t s) {
    const auto& w = surveyed(s).want_at_key;
    if (!is_open(w)) return;
    const auto& holders = survey_.wants[*w].holders;
    const bool is_alone = std::all_of(holders.begin(), holders.end(), [&](std::size_t other) {
      return result_.placements[other].disposition == Disposition::surplus;
    });
    if (is_alone && may_become(s, *w)) place(s, Disposition::serves, *w);
  }

  /// Otherwise it waits, if another restoration frees its grant's key in this plan.
  void wait(std::size_t s) {
    const auto& w = surveyed(s).made_for;
    if (!is_open(w)) return;
    const auto& holders = survey_.wants[*w].holders;
    const bool is_vacated = std::any_of(holders.begin(), holders.end(), [&](std::size_t other) {
      return result_.placements[other].disposition == Disposition::restored;
    });
    if (is_vacated && may_become(s, *w)) place(s, Disposition::waits, *w);
  }

  /// No policy of an authorization is removed while any of its grants cannot be judged.
  void spare(std::size_t s) {
    if (result_.placements[s].disposition != Disposition::surplus) return;
    const Want* want = survey_.want_of(surveyed(s));
    const bool is_spared = want != nullptr && survey_.unresolved.contains(want->grant().name);
    if (is_spared) result_.placements[s].disposition = Disposition::frozen;
  }

  [[nodiscard]] bool may_become(std::size_t s, std::size_t w) const {
    const SurveyedPolicy& it = surveyed(s);
    if (!it.is_marked_protected) return true;
    const auto after = wanted_content(survey_.wants[w], &it, survey_, ownership_, options_);
    return !is_forbidden(it, after, survey_, options_);
  }

  const Survey& survey_;
  const Ownership& ownership_;
  const PlanOptions& options_;
  Assignment result_;
};

}  // namespace

Assignment assign(const Survey& survey, const Ownership& ownership, const PlanOptions& options) {
  return Assigner(survey, ownership, options).run();
}

const Key& protected_key(const SurveyedPolicy& surveyed, const Survey& survey) {
  if (surveyed.written != nullptr) return surveyed.written->key;
  const Grant* grant = protecting_grant(surveyed, survey);
  return grant != nullptr ? grant->key : surveyed.key;
}

bool is_protected(const SurveyedPolicy& surveyed,
                  const Survey& survey,
                  const PlanOptions& options) {
  if (!surveyed.is_marked_protected) return false;
  const Grant* grant = protecting_grant(surveyed, survey);
  if (grant != nullptr && grant->is_protected) return true;
  return !options.protect_releases.due.contains(protected_key(surveyed, survey));
}

bool is_forbidden(const SurveyedPolicy& surveyed,
                  const std::optional<PolicyContent>& after,
                  const Survey& survey,
                  const PlanOptions& options) {
  if (after && !surveyed.is_protection_ours) return false;
  return is_protected(surveyed, survey, options) &&
         effect_of(surveyed.policy->content, after).narrows &&
         effect_of(protected_content(surveyed, survey), after).narrows;
}

namespace {

/// The description that the grant's policy should have. The views point into the arguments, the
/// hash is in `hash12`.
PlainDescription wanted_parts(const Want& want,
                              const SurveyedPolicy* surveyed,
                              const Survey& survey,
                              const Ownership& ownership,
                              const PlanOptions& options,
                              std::string& hash12) {
  const Grant& grant = want.grant();
  const bool is_ours = surveyed != nullptr && (surveyed->owner == OwnerClass::ours ||
                                               surveyed->owner == OwnerClass::altered ||
                                               surveyed->owner == OwnerClass::unmarked);
  hash12 = grant.key.hash12();
  PlainDescription parts{{}, ownership.owner, grant.name, hash12, grant.is_protected};
  parts.is_protected |=
      is_ours && surveyed->is_protection_ours && is_protected(*surveyed, survey, options);
  // A field that the manifest omits stays as IAM has it.
  if (grant.description) {
    parts.text = trim(*grant.description);
  } else if (surveyed != nullptr) {
    const auto plain = plain_description(surveyed->policy->content.description);
    parts.text = plain ? plain->text : std::string_view(surveyed->description->text);
  }
  return parts;
}

}  // namespace

std::string wanted_description(const Want& want,
                               const SurveyedPolicy* surveyed,
                               const Survey& survey,
                               const Ownership& ownership,
                               const PlanOptions& options) {
  std::string hash12;
  return render_description(wanted_parts(want, surveyed, survey, ownership, options, hash12));
}

bool has_wanted_description(const Want& want,
                            const SurveyedPolicy& surveyed,
                            const Survey& survey,
                            const Ownership& ownership,
                            const PlanOptions& options) {
  std::string hash12;
  return is_rendering(surveyed.policy->content.description,
                      wanted_parts(want, &surveyed, survey, ownership, options, hash12));
}

PolicyContent wanted_content(const Want& want,
                             const SurveyedPolicy* surveyed,
                             const Survey& survey,
                             const Ownership& ownership,
                             const PlanOptions& options) {
  const Grant& grant = want.grant();
  const PolicyContent* now = surveyed == nullptr ? nullptr : &surveyed->policy->content;
  // Sides that stay as they are share their attributes: then comparing them later costs nothing.
  return {.subject = now != nullptr && now->subject == grant.subject ? now->subject : grant.subject,
          .resource =
              now != nullptr && now->resource == grant.resource ? now->resource : grant.resource,
          .roles = *want.resolved->roles,
          .description = wanted_description(want, surveyed, survey, ownership, options)};
}

}  // namespace authzd
