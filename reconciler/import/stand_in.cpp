// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/stand_in.hpp"

#include "reconciler/model/marker.hpp"

#include <utility>

namespace authzd {

Observed stand_in(PolicyContent content, const std::string& name, bool is_protected) {
  Observed policy;
  const Marker marker{std::string(kStandInOwner), name, "000000000000", is_protected};
  for (const std::string& role : content.roles) policy.role_names[role] = role;
  content.description = render_description(content.description, marker);
  policy.content = std::move(content);
  return policy;
}

}  // namespace authzd
