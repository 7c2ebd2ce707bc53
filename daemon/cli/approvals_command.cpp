// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What people have let through and is not done yet: listed, and taken back.

#include "daemon/cli/failure.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/text_table.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <ostream>
#include <set>
#include <utility>

namespace authzd {
namespace {

using report::Json;

constexpr int kFormatVersion = 1;

struct Kept {
  std::shared_ptr<AccountRuntime> account;
  Approval approval;
};

Result<std::vector<Kept>> all_kept(const Workplace& place) {
  std::vector<Kept> kept;
  for (const auto& account : place.accounts) {
    auto approvals = account->state().approvals.list(account->time().latest);
    if (!approvals) {
      return std::move(approvals).error().context("account " + account->spec().name);
    }
    for (Approval& approval : *approvals) kept.push_back({account, std::move(approval)});
  }
  return kept;
}

/// What names the approval: a hash, a revision, or the word of its kind.
std::string name_of(const Approval& approval) {
  if (approval.kind == ApprovalKind::first_deletes) return std::string(to_string(approval.kind));
  return approval.subject;
}

bool is_named(const Approval& approval, const std::string& typed) {
  if (name_of(approval) == typed) return true;
  return approval.kind == ApprovalKind::hold && typed.size() >= kFewestDigits &&
         approval.subject.starts_with(typed);
}

std::string people_text(const Kept& kept) {
  const std::size_t need = kept.account->spec().approvers.need;
  std::string text;
  for (const Grantor& by : kept.approval.by) {
    text += (text.empty() ? "" : "; ") + printable(by.who) + " at " + to_rfc3339(by.at);
    if (by.until) text += " until " + to_rfc3339(*by.until);
  }
  if (need > 1) {
    text += (text.empty() ? "" : "; ") + std::to_string(people_in(kept.approval)) + " of " +
            std::to_string(need) + " people";
  }
  if (kept.approval.foreign > 0) {
    text += (text.empty() ? "" : "; ") + count_of(kept.approval.foreign, "row", "rows") +
            " that authzd did not write, which counts for nothing: see who can write the state";
  }
  return text;
}

std::string done_text(const Approval& approval) {
  if (approval.kind == ApprovalKind::first_deletes) return "stays in force";
  if (approval.kind != ApprovalKind::hold) return "-";
  return std::to_string(approval.done) + "/" + std::to_string(approval.passes);
}

std::string table_of(const std::vector<Kept>& kept, std::size_t width) {
  if (kept.empty()) return "Nothing is approved that is not done.\n";
  std::vector<std::vector<std::string>> rows{{"ACCOUNT", "KIND", "APPROVED", "RAIL", "DONE", "BY"}};
  for (const Kept& each : kept) {
    const Approval& approval = each.approval;
    rows.push_back({printable(each.account->spec().name),
                    std::string(to_string(approval.kind)),
                    approval.subject.empty() ? "-" : printable(approval.subject),
                    approval.rail.empty() ? "-" : printable(approval.rail),
                    done_text(approval),
                    people_text(each)});
  }
  return text_table(std::move(rows), {.width = width, .cut = {0, 5}, .dropped = {3}});
}

Json json_of(const Grantor& by) {
  return {{"who", by.who},
          {"loginUid", by.login_uid ? Json(*by.login_uid) : Json()},
          {"at", to_rfc3339(by.at)},
          {"until", by.until ? Json(to_rfc3339(*by.until)) : Json()}};
}

std::string json_of(const std::vector<Kept>& kept) {
  Json list = Json::array();
  for (const Kept& each : kept) {
    const Approval& approval = each.approval;
    Json by = Json::array();
    for (const Grantor& one : approval.by) by.push_back(json_of(one));
    list.push_back({{"account", each.account->spec().id.value},
                    {"accountName", each.account->spec().name},
                    {"kind", to_string(approval.kind)},
                    {"subject", approval.subject},
                    {"rail", approval.rail},
                    {"passes", approval.passes},
                    {"done", approval.done},
                    {"by", std::move(by)},
                    {"need", each.account->spec().approvers.need},
                    {"foreignRows", approval.foreign}});
  }
  const Json document{{"formatVersion", kFormatVersion}, {"approvals", std::move(list)}};
  return report::dump(document, 2) + "\n";
}

/// It counts, whatever the audit log takes.
Result<void> tell_audit(const CommandContext& context, const Kept& kept) {
  AuditApproval revoked;
  revoked.is_revoked = true;
  revoked.at = kept.account->time().now;
  revoked.account = kept.account->spec().id;
  revoked.account_name = kept.account->spec().name;
  revoked.owner = kept.account->spec().owner;
  revoked.who = context.who;
  revoked.login_uid = context.login_uid;
  revoked.what = name_of(kept.approval);
  for (const auto& observer : kept.account->observers()) {
    if (auto told = observer->approved(revoked); !told) {
      return std::move(told).error().context("it is revoked, and not in the audit log");
    }
  }
  return {};
}

/// A hash or a revision may be known to several accounts; the beginning of a hash names one alone.
std::vector<Kept> named(const std::vector<Kept>& kept, const std::string& typed) {
  std::vector<Kept> found;
  std::ranges::copy_if(kept, std::back_inserter(found), [&](const Kept& each) {
    return is_named(each.approval, typed);
  });
  return found;
}

/// The hash of all holds, with which a person approved several at once: those approvals, as long as
/// none of them is done.
std::vector<Kept> approved_together(const std::vector<Kept>& kept, const std::string& typed) {
  if (typed.size() < kFewestDigits) return {};
  std::map<std::pair<AccountId, Timestamp>, std::vector<Kept>> by_moment;
  for (const Kept& each : kept) {
    if (each.approval.kind != ApprovalKind::hold) continue;
    for (const Grantor& by : each.approval.by) {
      by_moment[{each.account->spec().id, by.at}].push_back(each);
    }
  }
  for (const auto& [moment, together] : by_moment) {
    std::set<std::string> holds;
    for (const Kept& each : together) holds.insert(each.approval.subject);
    if (holds.size() > 1 && hash_all_holds(moment.first, holds).starts_with(typed)) return together;
  }
  return {};
}

bool is_ambiguous(const std::vector<Kept>& found) {
  return std::ranges::any_of(found, [&](const Kept& each) {
    return name_of(each.approval) != name_of(found.front().approval);
  });
}

std::string why_not_named(const std::string& typed, bool is_unknown) {
  if (!is_unknown) return "several approvals begin with " + printable(typed);
  if (!is_cut_too_short(typed)) return "no open approval is named " + printable(typed);
  return printable(typed) + " is too short: give at least " + std::to_string(kFewestDigits) +
         " digits of the hash";
}

ExitCode revoke(const CommandContext& context, const Kept& kept) {
  AccountRuntime& account = *kept.account;
  auto done = account.state().approvals.revoke(kept.approval.kind, kept.approval.subject);
  if (done) done = tell_audit(context, kept);
  if (!done) return fail(context, account.spec(), done.error());
  context.console.out << "Revoked: account " << printable(account.spec().name) << ", "
                      << to_string(kept.approval.kind) << ' ' << printable(kept.approval.subject)
                      << ". What is not done by now is held again.\n";
  return ExitCode::done;
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ApprovalsCommand command) {
  const auto kept = all_kept(place);
  if (!kept) {
    co_return fail(context, kept.error());
  }
  if (command.revoked.empty()) {
    const bool json = command.output == OutputForm::json;
    context.console.out << (json ? json_of(*kept) : table_of(*kept, context.console.style.width));
    co_return ExitCode::done;
  }
  std::vector<Kept> chosen;
  for (const std::string& typed : command.revoked) {
    auto found = approved_together(*kept, typed);
    const bool is_of_several = !found.empty();
    if (!is_of_several) found = named(*kept, typed);
    if (found.empty() || (!is_of_several && is_ambiguous(found))) {
      const std::string why = why_not_named(typed, found.empty());
      const Error error{ErrorCode::not_found,
                        why + "; nothing was revoked. 'authzd approvals' lists them"};
      co_return fail(context, error);
    }
    std::ranges::move(found, std::back_inserter(chosen));
  }
  std::set<ExitCode> codes;
  for (const Kept& each : chosen) codes.insert(revoke(context, each));
  co_return worst(codes);
}

}  // namespace authzd
