// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What people have let through for one account: held actions, a revision, an account's first
// deletes. Who asked, when, and for how long.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

enum class ApprovalKind {
  hold,           // exactly the actions that one hold covers
  revision,       // one that does not descend from the applied one
  first_deletes,  // of an account whose state is new or was lost
};

std::string_view to_string(ApprovalKind kind);  // "hold", …

/// Who lets something through, from when and until when.
struct Grantor {
  std::string who;
  Timestamp at = {};
  std::optional<Timestamp> until = {};     // none: for good
  std::optional<unsigned> login_uid = {};  // the person's; none: nobody knows
};

struct Approval {
  ApprovalKind kind = ApprovalKind::hold;
  std::string subject;      // the hold's hash, or the revision
  std::string rail;         // of a hold
  std::vector<Grantor> by;  // whose word counts, the earliest first
  std::size_t passes = 0;   // that a hold's approval gives
  std::size_t done = 0;     // of those
  std::size_t foreign = 0;  // rows that say so, and that authzd did not write: they do not count
};

/// Whose word it takes. One who is not known by a login uid counts only where one is enough.
struct Quorum {
  std::size_t need = 1;                                  // people
  std::function<bool(const Grantor&)> may_approve = {};  // none: everybody may
};

/// How many people that are known by a login have said so.
std::size_t people_in(const Approval& approval);

class ApprovalStore {
 public:
  ApprovalStore(std::shared_ptr<Database> database, AccountId account);

  /// Lets through what one hold covers: `passes` has a hash for each of its actions and rails,
  /// which counts until it is marked as done. A second approval of the hold covers all of it again.
  /// Errors: not_found where `passes` is empty.
  Result<void> approve_hold(const std::string& hash,
                            const std::string& rail,
                            const std::set<std::string>& passes,
                            const Grantor& by);
  Result<void> approve_revision(const std::string& revision, const Grantor& by);
  Result<void> approve_first_deletes(const Grantor& by);

  /// The passes that count at that time, of all holds: what the rails are told is let through.
  [[nodiscard]] Result<std::set<std::string>> passes(Timestamp now,
                                                     const Quorum& quorum = {}) const;

  [[nodiscard]] Result<bool> is_revision_approved(const std::string& revision,
                                                  Timestamp now,
                                                  const Quorum& quorum = {}) const;
  [[nodiscard]] Result<bool> are_first_deletes_approved(Timestamp now,
                                                        const Quorum& quorum = {}) const;
  /// A delete was done with them approved: from now on whose word it was is not judged again, as
  /// who writes a commit later did not write that delete.
  Result<void> mark_first_deletes_done(Timestamp now);

  /// All that somebody's word stands for at that time, the newest first, and what only pretends to.
  [[nodiscard]] Result<std::vector<Approval>> list(Timestamp now) const;

  /// Takes back everybody's word. Errors: not_found.
  Result<void> revoke(ApprovalKind kind, const std::string& subject);

  /// These passes have served: their action is done.
  Result<void> mark_done(const std::set<std::string>& passes, Timestamp now);

 private:
  Result<void> keep(ApprovalKind kind,
                    const std::string& subject,
                    const std::string& rail,
                    const std::set<std::string>& passes,
                    const Grantor& by);
  [[nodiscard]] Result<bool> is_approved(ApprovalKind kind,
                                         const std::string& subject,
                                         Timestamp now,
                                         const Quorum& quorum) const;

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
