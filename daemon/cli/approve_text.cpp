// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/approve_text.hpp"

#include "daemon/cycle/rails_and_quorum.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/plan_name.hpp"

#include <algorithm>
#include <functional>
#include <ostream>

namespace authzd {

std::set<std::string> hold_hashes(const Plan& plan) {
  std::set<std::string> hashes;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) hashes.insert(hold.hash);
  }
  return hashes;
}

void show_holds(const CommandContext& context, std::span<const AccountPlan> plans) {
  std::ostream& err = context.console.err;
  bool any = false;
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    std::set<std::string> seen;
    const std::string all = hash_all_holds(plan.planned->plan);
    const bool has_several = hold_hashes(plan.planned->plan).size() > 1;
    if (has_several) {
      err << (any ? "" : "Held now:\n") << "  " << all << "  "
          << printable(plan.account->spec().name) << ": all of what follows\n";
      any = true;
    }
    for (const Action& action : plan.planned->plan.actions) {
      for (const Hold& hold : action.holds) {
        if (!seen.insert(hold.hash).second) continue;
        const bool has_rail = hold.message.starts_with(hold.rail + ": ");
        err << (any ? "" : "Held now:\n") << "  " << hold.hash << "  "
            << printable(plan.account->spec().name) << ": "
            << printable(has_rail ? hold.rail : hold.message) << '\n';
        any = true;
      }
    }
  }
  err << (any ? "'authzd plan' shows what each covers.\n" : "Nothing is held now.\n");
}

void complain(const CommandContext& context, const std::string& typed, std::size_t found) {
  std::ostream& err = context.console.err;
  if (is_cut_too_short(typed)) {
    err << "authzd: " << printable(typed) << " is too short: give at least " << kFewestDigits
        << " digits of the hash, as it is shown.\n";
  } else if (found > 1) {
    err << "authzd: more than one hash begins with " << printable(typed) << ": give all of it.\n";
  } else {
    err << "authzd: nothing is held under " << printable(typed)
        << ", and no account waits with a revision of that name. It may be done, the plan may have "
           "changed, or a plan of that hash was made longer ago than rails.approvalTtl.\n";
  }
}

std::optional<KnownApproval> find_approval(std::span<const AccountPlan> plans,
                                           const std::string& typed) {
  if (typed.size() < kFewestDigits) return std::nullopt;
  for (const AccountPlan& plan : plans) {
    const AccountRuntime& account = *plan.account;
    const auto kept = account.state().approvals.list(plan.account->time().latest);
    if (!kept) continue;
    for (const Approval& approval : *kept) {
      const bool is_meant =
          approval.kind == ApprovalKind::hold && approval.subject.starts_with(typed);
      if (is_meant && !approval.by.empty()) return KnownApproval{plan.account, approval};
    }
  }
  return std::nullopt;
}

bool say_approved(const CommandContext& context,
                  std::span<const AccountPlan> plans,
                  const std::string& typed) {
  const auto known = find_approval(plans, typed);
  if (!known) return false;
  context.console.err << "authzd: account " << printable(known->account->spec().name) << ": "
                      << printable(typed) << " is approved already, by "
                      << printable(known->approval.by.front().who)
                      << ", and not done yet; 'authzd approvals' lists it.\n";
  return true;
}

std::string approved_text(const AccountRuntime& account,
                          const Grantor& by,
                          const std::string& hash) {
  return "Approved by " + printable(by.who) + " until " + to_rfc3339(by.until.value_or(by.at)) +
         ", account " + printable(account.spec().name) + ", hash " + hash +
         ": exactly these actions, each until it is done.\n";
}

std::string missing_text(const AccountRuntime& account,
                         ApprovalKind kind,
                         const std::set<std::string>& subjects,
                         const Authors& wrote,
                         Timestamp now,
                         const std::optional<unsigned>& login_uid) {
  const std::size_t need = account.spec().approvers.need;
  auto kept = account.state().approvals.list(now);
  const auto quorum = quorum_of(account.spec(), account.state(), now, wrote);
  if (need <= 1 || !kept || !quorum) return {};
  std::size_t fewest = need;
  for (Approval& approval : *kept) {
    if (approval.kind == kind && subjects.contains(approval.subject)) {
      if (quorum->may_approve) std::erase_if(approval.by, std::not_fn(quorum->may_approve));
      fewest = std::min(fewest, people_in(approval));
    }
  }
  if (fewest >= need) return {};
  return "rails.approvers needs " + std::to_string(need) +
         " people, each with a login of their own: it is approved once " +
         std::to_string(need - fewest) + " more have approved it." +
         (login_uid ? "" : " This call comes from no login, so that it counts for none of them.") +
         "\n";
}

}  // namespace authzd
