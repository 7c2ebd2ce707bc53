// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What people have approved for one account: held actions, a revision, an account's first deletes.
// Who approved, when, and for how long.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

struct Action;

enum class ApprovalKind {
  hold,           // exactly the actions that one hold covers
  revision,       // one that does not descend from the applied one
  first_deletes,  // of an account whose state is new or was lost
};

std::string_view to_string(ApprovalKind kind);  // "hold", …

/// Who approves, from when and until when.
struct Grantor {
  std::string who;
  Timestamp at = {};
  std::optional<Timestamp> until = {};     // none: without end
  std::optional<unsigned> login_uid = {};  // the person's; none: unknown
};

struct Approval {
  ApprovalKind kind = ApprovalKind::hold;
  std::string subject;      // the hold's hash, or the revision
  std::string rail;         // of a hold
  std::vector<Grantor> by;  // valid approvals, the earliest first
  std::size_t passes = 0;   // granted by the approval of a hold
  std::size_t done = 0;     // of those
  std::size_t foreign = 0;  // forged rows, which do not count
};

/// Who must approve. A person without a login uid counts only if one approval is enough.
struct Quorum {
  std::size_t need = 1;                                  // people
  std::function<bool(const Grantor&)> may_approve = {};  // none: everyone may
};

/// How many people with a known login have approved it.
std::size_t people_in(const Approval& approval);

using PeopleByPass = std::map<std::string, std::set<std::string>>;

/// Who let the action through, sorted.
std::vector<std::string> approvers_of(const PeopleByPass& people,
                                      const AccountId& account,
                                      const Action& action);

class ApprovalStore {
 public:
  ApprovalStore(std::shared_ptr<Database> database, AccountId account);

  /// Approves what one hold covers: `passes` has a hash for each of its actions and rails, valid
  /// until it is marked as done. A second approval of the hold covers all of it again. Errors:
  /// not_found if `passes` is empty.
  Result<void> approve_hold(const std::string& hash,
                            const std::string& rail,
                            const std::set<std::string>& passes,
                            const Grantor& by);
  Result<void> approve_revision(const std::string& revision, const Grantor& by);
  Result<void> approve_first_deletes(const Grantor& by);

  /// The passes of all holds that are valid at that time: the rails release these.
  [[nodiscard]] Result<std::set<std::string>> passes(Timestamp now,
                                                     const Quorum& quorum = {}) const;

  [[nodiscard]] Result<bool> is_revision_approved(const std::string& revision,
                                                  Timestamp now,
                                                  const Quorum& quorum = {}) const;
  [[nodiscard]] Result<bool> are_first_deletes_approved(Timestamp now,
                                                        const Quorum& quorum = {}) const;
  /// A delete was done with this approval: from now on the approvers are not checked again, because
  /// a later commit's author did not write that delete.
  Result<void> mark_first_deletes_done(Timestamp now);

  /// All approvals valid at that time, the newest first, and the forged ones.
  [[nodiscard]] Result<std::vector<Approval>> list(Timestamp now) const;

  /// Who let what through, as long as it is kept: by pass, also where it is done, or has ended.
  [[nodiscard]] Result<PeopleByPass> people_by_pass() const;

  /// Revokes the approvals of everyone. Errors: not_found.
  Result<void> revoke(ApprovalKind kind, const std::string& subject);

  /// These passes have been used: their action is done.
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
