// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The end of a grant (`expiresAt`) in a plan.
#pragma once

#include "reconciler/base/source_pos.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/key.hpp"

#include <optional>
#include <string>

namespace authzd {

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

}  // namespace authzd
