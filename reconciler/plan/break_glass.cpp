// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/break_glass.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/plan/canonical.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace authzd {
namespace {

constexpr std::string_view kNamePrefix = "break-glass-";

Error refused(ErrorCode code, std::string why) {
  return {code, std::move(why) + "; nothing was granted"};
}

bool are_disjoint(const AttributeSet& one, const AttributeSet& other) {
  return std::ranges::any_of(one.items(), [&other](const Attribute& attribute) {
    const auto* const value = std::get_if<std::string>(&attribute.value);
    const std::string_view others = other.equals_value(attribute.name);
    const bool are_exact = attribute.op == kStringEquals && value != nullptr && !others.empty();
    return are_exact && *value != others;
  });
}

bool overlaps_any(const Grant& grant, const BreakGlass& glass) {
  return std::ranges::any_of(glass.grants,
                             [&grant](const Grant& each) { return may_overlap(grant, each); });
}

const BreakGlass* overlapped(const BreakGlass& wanted, std::span<const BreakGlass> active) {
  const auto found = std::ranges::find_if(active, [&wanted](const BreakGlass& each) {
    return std::ranges::any_of(wanted.grants,
                               [&each](const Grant& grant) { return overlaps_any(grant, each); });
  });
  return found == active.end() ? nullptr : &*found;
}

bool has_key(const Desired& desired, const Key& key) {
  return std::ranges::binary_search(desired.grants, key, {}, &Grant::key);
}

}  // namespace

std::string break_glass_name(std::string_view digits) {
  return std::string(kNamePrefix) + std::string(digits);
}

bool is_break_glass_name(std::string_view name) {
  return name.starts_with(kNamePrefix);
}

std::vector<Grant> break_glass_grants(std::vector<Grant> decoded, const BreakGlass& of) {
  for (Grant& grant : decoded) {
    grant.name = of.name;
    grant.expires_at = of.ends;
    grant.rationale.owner = of.who;
    grant.rationale.reason = of.reason;
    grant.rationale.review_by.reset();
  }
  std::ranges::sort(decoded, {}, &Grant::key);
  return decoded;
}

std::optional<Error> why_no_break_glass(std::span<const Grant> decoded) {
  const auto invalid = [](std::string why) { return refused(ErrorCode::invalid_manifest, why); };
  if (decoded.empty()) return invalid("the manifest grants nothing");
  if (decoded.size() > kMostBreakGlassGrants) {
    return invalid("the manifest has more than " + std::to_string(kMostBreakGlassGrants) +
                   " pairs of source and target");
  }
  for (const Grant& grant : decoded) {
    if (grant.name != decoded.front().name) {
      return invalid("the manifest has several authorizations: grant each by a call of its own");
    }
    if (grant.is_protected || grant.suspend || grant.release || grant.expires_at) {
      return invalid(
          "protect, suspend, release and expiresAt are not for a break-glass grant: its "
          "end is --for");
    }
    if (grant.source_instance || grant.target_instance) {
      return invalid("a break-glass grant names instances by their ids, not by their names");
    }
  }
  return std::nullopt;
}

std::optional<Error> why_not_granted(const BreakGlass& wanted,
                                     std::span<const BreakGlass> active,
                                     const std::optional<std::chrono::milliseconds>& most) {
  if (!most) {
    return refused(ErrorCode::forbidden,
                   "break-glass grants are off: the configuration has no breakGlass.maxLifetime");
  }
  if (wanted.ends <= wanted.made || wanted.ends - wanted.made > *most) {
    return refused(ErrorCode::rejected,
                   "--for is longer than breakGlass.maxLifetime allows, " + to_string(*most));
  }
  if (active.size() >= kMostBreakGlass) {
    return refused(ErrorCode::rejected,
                   "this account has " + std::to_string(active.size()) + " break-glass grants");
  }
  if (const BreakGlass* other = overlapped(wanted, active)) {
    return refused(ErrorCode::rejected,
                   printable(other->name) + " may permit some of the same, until " +
                       to_rfc3339(other->ends) +
                       ": wait until that has ended and its policy is gone, or end it with `authzd "
                       "grants --revoke " +
                       printable(other->name) + "`");
  }
  return std::nullopt;
}

bool may_overlap(const Grant& one, const Grant& other) {
  return !are_disjoint(one.subject, other.subject) && !are_disjoint(one.resource, other.resource);
}

Plan without_lasting_glass(Plan plan) {
  const auto name_in = [](const std::optional<PolicyContent>& content) {
    const auto marker = content ? parse_description(content->description).marker : std::nullopt;
    return marker && is_break_glass_name(marker->name) ? marker->name : std::string();
  };
  std::erase_if(plan.actions, [&](const Action& action) {
    const bool is_release = action.reason == Reason::released;
    const std::string name = name_in(is_release ? action.before : action.after);
    if (name.empty()) return false;
    Note note;
    note.kind = NoteKind::conflict;
    note.reason = is_release ? NoteReason::cannot_release : NoteReason::cannot_restore;
    note.name = name;
    note.id = action.id;
    note.policy = action.before ? action.before : action.after;
    note.message = is_release ? printable(name) +
                                    " is a break-glass grant, which must end: it is not "
                                    "released. To keep the access, commit a manifest"
                              : printable(name) +
                                    " was a break-glass grant, which must end: it does not "
                                    "come back. Grant it again";
    plan.notes.push_back(std::move(note));
    return true;
  });
  sort_notes(plan);
  return plan;
}

OpenedGlass with_break_glass(const Desired& desired, std::span<const BreakGlass> glass) {
  OpenedGlass opened{desired};
  for (const BreakGlass& each : glass) {
    const bool is_wanted = std::ranges::any_of(
        each.grants, [&desired](const Grant& grant) { return has_key(desired, grant.key); });
    if (is_wanted) {
      opened.superseded.push_back(each.name);
      continue;
    }
    auto& grants = opened.desired.grants;
    grants.insert(grants.end(), each.grants.begin(), each.grants.end());
  }
  std::ranges::sort(opened.superseded);
  if (opened.desired.grants.size() > desired.grants.size()) {
    std::ranges::stable_sort(opened.desired.grants, {}, &Grant::key);
  }
  return opened;
}

}  // namespace authzd
