// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The end of a grant (`expiresAt`), as a plan speaks of it.
#pragma once

#include "reconciler/base/source_pos.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/key.hpp"

#include <optional>
#include <string>

namespace authzd {

/// The end that the manifests give to a grant, beside the one that the revision applied last gave
/// it. No write to IAM comes of it until the end has come; then the policy is deleted.
struct GrantEnd {
  std::string name;    // metadata.name
  SourcePos position;  // of the grant
  Key key;
  AttributeSet subject;
  AttributeSet resource;
  std::optional<Timestamp> before = {};  // none: no applied revision is known to have had an end
  std::optional<Timestamp> after = {};   // none: it was taken off

  bool operator==(const GrantEnd&) const = default;
};

/// True where the end is new, earlier, later or taken off, and false where it stands.
[[nodiscard]] inline bool is_change(const GrantEnd& end) {
  return end.before != end.after;
}

}  // namespace authzd
