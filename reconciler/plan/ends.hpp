// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The ends of grants (`expiresAt`) in a plan: which are in the future, how they differ from the
// applied revision, and which were announced. An announced end passes the rails, so it must have
// been visible for a whole window. An end that a commit sets shortly ahead is a delete like any
// other.
#pragma once

#include "reconciler/base/source_pos.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/key.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd {

struct Grant;
struct PlanOptions;
struct Survey;

/// The end that the manifests give a grant, and the one in the last applied revision. It causes no
/// write to IAM until it comes; then the policy is deleted.
struct GrantEnd {
  std::string name;    // metadata.name
  SourcePos position;  // of the grant
  Key key;
  AttributeSet subject;
  AttributeSet resource;
  std::optional<Timestamp> before = {};  // none: no applied revision is known to have one
  std::optional<Timestamp> after = {};   // none: it was removed

  bool operator==(const GrantEnd&) const = default;
};

/// True if the end is new, earlier, later or removed; false if it is unchanged.
[[nodiscard]] inline bool is_change(const GrantEnd& end) {
  return end.before != end.after;
}

/// The future ends, and those future ends of the applied revision that the manifests removed, by
/// key. A grant that is removed has no end: its policy is deleted.
std::vector<GrantEnd> ends_of(const Survey& survey, const PlanOptions& options);

/// The grant's end has come, and was unchanged for `options.announce` before.
bool is_announced(const Grant& grant, const PlanOptions& options);

}  // namespace authzd
