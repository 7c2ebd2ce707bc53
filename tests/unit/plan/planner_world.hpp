// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Both worlds of a planner test, and its plan in short notation.
#pragma once

#include "reconciler/plan/planner.hpp"
#include "tests/support/model_world.hpp"

#include <string>
#include <vector>

namespace authzd::test {

struct World {
  std::vector<WantedGrant> desired;
  std::vector<Observed> observed;
  Ownership ownership = prod();
  PlanOptions options = in_sync_mode();

  [[nodiscard]] Plan plan() const {
    return make_plan(kAccount, resolved(desired), observed, ownership, options);
  }
};

/// "update RolesDiffer p1" or "conflict Disputed p1", one a line, as the plan sorts them.
inline std::string summary(const Plan& plan) {
  std::string text;
  for (const Action& action : plan.actions) {
    text += std::string(to_string(action.verb)) + " " + std::string(to_string(action.reason)) +
            " " + action.id.value + "\n";
  }
  for (const Note& note : plan.notes) {
    text += std::string(to_string(note.kind)) + " " + std::string(to_string(note.reason)) + " " +
            note.id.value + "\n";
  }
  return text;
}

/// Ours by marker and author, made for a → kms, but someone changed its target to `target`.
inline Observed altered(const std::string& id,
                        const std::string& target,
                        bool is_protected = false) {
  Observed p = policy(id, "a", target);
  p.content.description = marked("g", key_for("a", "kms"), is_protected);
  p.created_by = kUs;
  return p;
}

inline WantedGrant suspended(WantedGrant g) {
  g.grant.suspend = true;
  return g;
}

inline WantedGrant released(WantedGrant g) {
  g.grant.release = true;
  return g;
}

inline WantedGrant expired(WantedGrant g) {
  g.grant.expires_at = Timestamp{};
  return g;
}

}  // namespace authzd::test
