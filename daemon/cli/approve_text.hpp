// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What `authzd approve` says about hashes: which are held now, what is wrong with one, and whose
// word is still missing.
#pragma once

#include "daemon/cli/account_plan.hpp"
#include "daemon/state/approval_store.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace authzd {

/// "Approved by …".
std::string approved_text(const AccountRuntime& account,
                          const Grantor& by,
                          const std::string& hash);

/// What is said once the rail firstDeletes has ended.
inline constexpr std::string_view kFirstDeletesEnded =
    "The rail firstDeletes holds nothing in this account from now on; the other rails do.\n";

std::set<std::string> hold_hashes(const Plan& plan);

/// On standard error: all that is held.
void show_holds(const CommandContext& context, std::span<const AccountPlan> plans);

/// On standard error: why `typed`, which names so many holds, is not approved.
void complain(const CommandContext& context, const std::string& typed, std::size_t found);

/// An approval of a hold that is not done yet.
struct KnownApproval {
  std::shared_ptr<AccountRuntime> account;
  Approval approval;
};

/// That of the hold whose hash begins with `typed`, in an account of the plans; none: there is
/// none.
std::optional<KnownApproval> find_approval(std::span<const AccountPlan> plans,
                                           const std::string& typed);

/// On standard error, that what `typed` begins is approved and not done; false where it is not.
bool say_approved(const CommandContext& context,
                  std::span<const AccountPlan> plans,
                  const std::string& typed);

/// How many more people must approve it, and whether the call from `login_uid` counts as one; empty
/// where none must. `wrote`: who cannot approve it, besides those that the state knows.
std::string missing_text(const AccountRuntime& account,
                         ApprovalKind kind,
                         const std::set<std::string>& subjects,
                         const Authors& wrote,
                         Timestamp now,
                         const std::optional<unsigned>& login_uid);

}  // namespace authzd
