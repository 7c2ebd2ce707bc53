// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The break-glass grants of one account, until they are over and for some time after that.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/plan/break_glass.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Why a break-glass grant is over.
enum class BreakGlassEnd {
  expired,     // its time had passed, or it was revoked, and its policies are gone
  superseded,  // a manifest wants what it granted, and decides from then on
};

std::string_view to_string(BreakGlassEnd how);  // "expired", "superseded"

struct KeptBreakGlass {
  BreakGlass glass;  // without its grants: the text has them
  std::optional<Timestamp> over = {};
  BreakGlassEnd how = BreakGlassEnd::expired;
};

class BreakGlassStore {
 public:
  BreakGlassStore(std::shared_ptr<Database> database, AccountId account);

  /// Errors: conflict if the name is taken.
  Result<void> add(const BreakGlass& glass);

  /// As if it had never been: for what could not be recorded elsewhere.
  Result<void> remove(const std::string& name);

  /// Those that are not over, by name.
  [[nodiscard]] Result<std::vector<KeptBreakGlass>> active() const;

  /// All that are kept, the newest first.
  [[nodiscard]] Result<std::vector<KeptBreakGlass>> all() const;

  /// Ends it at that time, unless it ends earlier. Errors: not_found if none of that name is
  /// active.
  Result<void> end_at(const std::string& name, Timestamp time);

  /// It grants nothing any more. Nothing happens to one that is over already.
  Result<void> close(const std::string& name, Timestamp at, BreakGlassEnd how);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
