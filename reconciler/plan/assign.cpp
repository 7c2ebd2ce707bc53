// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/assign.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <tuple>

namespace authzd {
namespace {

class Assigner {
 public:
  Assigner(const Survey& survey, const Ownership& ownership, const PlanOptions& options)
      : survey_(survey), ownership_(ownership), options_(options) {
    result_.placements.resize(survey.sightings.size());
    result_.server.resize(survey.wants.size());
  }

  Assignment run() && {
    for (std::size_t s = 0; s < survey_.sightings.size(); ++s) set_aside(s);
    for (std::size_t w = 0; w < survey_.wants.size(); ++w) choose_holder(w);
    for (const std::size_t s : altered()) restore(s);
    for (const std::size_t s : altered()) convert(s);
    for (const std::size_t s : altered()) wait(s);
    for (std::size_t s = 0; s < survey_.sightings.size(); ++s) spare(s);
    return std::move(result_);
  }

 private:
  [[nodiscard]] const Sighting& sighting(std::size_t s) const { return survey_.sightings[s]; }
  [[nodiscard]] bool wishes(const std::optional<std::size_t>& w, Wish wish) const {
    return w && survey_.wants[*w].wish == wish;
  }

  void place(std::size_t s, Fate fate, std::size_t w) {
    result_.placements[s] = {fate, w};
    result_.server[w] = s;
  }

  /// The first word on each policy: frozen and released ones take no part in what follows.
  void set_aside(std::size_t s) {
    const Sighting& it = sighting(s);
    const bool is_ours = it.owner == OwnerClass::ours || it.owner == OwnerClass::altered;
    if (is_ours || it.owner == OwnerClass::unmarked) {
      if (is_frozen(it)) {
        result_.placements[s].fate = Fate::frozen;
      } else if (is_ours) {
        result_.placements[s].fate = is_released(it) ? Fate::released : Fate::surplus;
      }
    }
  }

  [[nodiscard]] bool is_frozen(const Sighting& it) const {
    if (it.is_pinned) return true;
    if (it.want_at_key && holds_still(survey_.wants[*it.want_at_key].wish)) return true;
    if (it.want_by_hash && holds_still(survey_.wants[*it.want_by_hash].wish)) return true;
    if (!it.description.marker) return false;
    const std::string& name = it.description.marker->name;
    if (survey_.suspended.contains(name)) return true;
    // A sibling target whose own roles are known goes on; all else of that name is left alone.
    const bool has_own_grant = it.owner == OwnerClass::ours && it.want_at_key;
    return survey_.unresolved.contains(name) && !has_own_grant;
  }

  [[nodiscard]] bool is_released(const Sighting& it) const {
    if (wishes(it.want_by_hash, Wish::wanted) || wishes(it.want_at_key, Wish::wanted)) return false;
    return wishes(it.want_at_key, Wish::released) || wishes(it.want_by_hash, Wish::released) ||
           survey_.released.contains(it.description.marker->name);
  }

  /// A policy with the grant's very key serves it: ours before unmarked, a protected one and one
  /// that already has the name before others, then the smallest id. Others of ours are surplus.
  void choose_holder(std::size_t w) {
    const Want& want = survey_.wants[w];
    if (want.wish != Wish::wanted) return;
    const auto rank = [&](std::size_t s) {
      const Sighting& it = sighting(s);
      const auto& marker = it.description.marker;
      return std::tuple(it.owner != OwnerClass::ours,
                        !(marker && marker->is_protected),
                        !(marker && marker->name == want.grant().name),
                        s);
    };
    std::optional<std::size_t> best;
    for (const std::size_t s : want.holders) {
      const OwnerClass owner = sighting(s).owner;
      const bool may_serve = (owner == OwnerClass::ours || owner == OwnerClass::unmarked) &&
                             result_.placements[s].fate != Fate::frozen;
      if (may_serve && (!best || rank(s) < rank(*best))) best = s;
    }
    if (best) place(*best, Fate::serves, w);
  }

  /// Altered policies of which nothing has been decided yet.
  [[nodiscard]] std::vector<std::size_t> altered() const {
    std::vector<std::size_t> found;
    for (std::size_t s = 0; s < survey_.sightings.size(); ++s) {
      const bool is_open = result_.placements[s].fate == Fate::surplus;
      if (sighting(s).owner == OwnerClass::altered && is_open) found.push_back(s);
    }
    return found;
  }

  [[nodiscard]] bool is_open(const std::optional<std::size_t>& w) const {
    return wishes(w, Wish::wanted) && !result_.server[*w];
  }

  /// Back to the key that its marker was made for, where nothing is in the way.
  void restore(std::size_t s) {
    const auto& w = sighting(s).want_by_hash;
    if (!is_open(w) || !survey_.wants[*w].holders.empty()) return;
    if (may_become(s, *w)) place(s, Fate::restored, *w);
  }

  /// Else it becomes what is wanted at the key that it has now.
  void convert(std::size_t s) {
    const auto& w = sighting(s).want_at_key;
    if (!is_open(w)) return;
    const auto& holders = survey_.wants[*w].holders;
    const bool is_alone = std::all_of(holders.begin(), holders.end(), [&](std::size_t other) {
      return result_.placements[other].fate == Fate::surplus;
    });
    if (is_alone && may_become(s, *w)) place(s, Fate::serves, *w);
  }

  /// Else, where its grant's key is being vacated by another restoration, it waits for that.
  void wait(std::size_t s) {
    const auto& w = sighting(s).want_by_hash;
    if (!is_open(w)) return;
    const auto& holders = survey_.wants[*w].holders;
    const bool is_vacated = std::any_of(holders.begin(), holders.end(), [&](std::size_t other) {
      return result_.placements[other].fate == Fate::restored;
    });
    if (is_vacated && may_become(s, *w)) place(s, Fate::waits, *w);
  }

  /// Nothing of an authorization is removed while any of its grants cannot be judged.
  void spare(std::size_t s) {
    if (result_.placements[s].fate != Fate::surplus) return;
    const auto& marker = sighting(s).description.marker;
    if (survey_.unresolved.contains(marker->name)) result_.placements[s].fate = Fate::frozen;
  }

  [[nodiscard]] bool may_become(std::size_t s, std::size_t w) const {
    const Sighting& it = sighting(s);
    if (!is_protected(it, survey_, options_)) return true;
    const auto after = wanted_content(survey_.wants[w], &it, survey_, ownership_, options_);
    return !effect_of(it.policy->content, after).narrows;
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

bool is_protected(const Sighting& sighting, const Survey& survey, const PlanOptions& options) {
  const auto& marker = sighting.description.marker;
  if (!marker || !marker->is_protected) return false;
  const auto& w =
      sighting.owner == OwnerClass::altered ? sighting.want_by_hash : sighting.want_at_key;
  if (w && survey.wants[*w].grant().is_protected) return true;
  const Key& key = w ? survey.wants[*w].grant().key : sighting.key;
  return !options.protect_releases.contains(key);
}

std::string wanted_description(const Want& want,
                               const Sighting* sighting,
                               const Survey& survey,
                               const Ownership& ownership,
                               const PlanOptions& options) {
  const Grant& grant = want.grant();
  const bool is_ours = sighting != nullptr && (sighting->owner == OwnerClass::ours ||
                                               sighting->owner == OwnerClass::altered);
  Marker marker{ownership.owner, grant.name, {}, grant.is_protected};
  marker.is_protected |= is_ours && is_protected(*sighting, survey, options);
  // The marker of an intact policy already has the hash; a SHA-256 is dear in a plan of thousands.
  const bool has_hash =
      sighting != nullptr && sighting->owner == OwnerClass::ours && sighting->key == grant.key;
  marker.hash12 = has_hash ? sighting->description.marker->hash12 : grant.key.hash12();
  return render_description(trim(grant.description), marker);
}

PolicyContent wanted_content(const Want& want,
                             const Sighting* sighting,
                             const Survey& survey,
                             const Ownership& ownership,
                             const PlanOptions& options) {
  return {.subject = want.grant().subject,
          .resource = want.grant().resource,
          .roles = *want.resolved->roles,
          .description = wanted_description(want, sighting, survey, ownership, options)};
}

}  // namespace authzd
