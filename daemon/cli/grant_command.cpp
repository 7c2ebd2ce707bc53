// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Access for some hours without a commit: asked for, judged by a plan, recorded, listed and ended.
// The cycles of the daemon do the rest.

#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cycle/break_glass.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/text_table.hpp"

#include <algorithm>
#include <ostream>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr int kGrantsFormatVersion = 1;
constexpr std::size_t kMostNameDigits = 8;

/// What a yes is a yes to. The name and the times are of the moment.
std::string hash_of_asked(const AccountRuntime& account, const GrantCommand& command) {
  return sha256_hex(account.spec().id.value + "\n" + to_string(command.time) + "\n" +
                    command.reason + "\n" + command.manifest);
}

std::optional<Error> why_not_now(const AccountRuntime& account, const GrantCommand& command) {
  if (!account.spec().break_glass) return why_not_granted({}, {}, std::nullopt);
  if (trim(command.reason).empty() || command.reason.size() > 4 * kMaxBreakGlassReason) {
    return Error{ErrorCode::rejected,
                 "--reason is a text of 1 to " + std::to_string(kMaxBreakGlassReason) +
                     " characters; nothing was granted"};
  }
  if (account.spec().mode != Mode::sync) {
    return Error{ErrorCode::forbidden,
                 "the account is in mode " + std::string(to_string(account.spec().mode)) +
                     ", which cannot delete what was granted at its end; nothing was granted"};
  }
  return find_suspension(account, RunKind::cycle);
}

std::string hold_texts(const Plan& plan) {
  std::set<std::string> texts;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) texts.insert(hold.message);
  }
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + printable(text);
  return all;
}

/// Each grant has to be a create that nothing holds. Anything else would not be over at its end, or
/// would take something with it.
std::optional<Error> why_not_planned(const Planned& planned, const BreakGlass& wanted) {
  const Plan& plan = planned.plan;
  if (!planned.time.is_trusted()) {
    return Error{ErrorCode::unavailable,
                 "the end cannot be kept: " + clock_text(planned.time) + "; nothing was granted"};
  }
  if (std::ranges::any_of(plan.actions, is_held)) {
    return Error{ErrorCode::unsafe_plan,
                 "a rail holds it, and no break-glass grant passes a rail: " + hold_texts(plan) +
                     "; nothing was granted"};
  }
  const auto creates = std::ranges::count(plan.actions, Verb::create, &Action::verb);
  const bool is_new = plan.actions.size() == wanted.grants.size() &&
                      static_cast<std::size_t>(creates) == wanted.grants.size();
  if (is_new) return std::nullopt;
  std::string why = "a policy has some of this source and target already";
  if (!plan.notes.empty()) why = printable(plan.notes.front().message);
  return Error{ErrorCode::conflict, why + "; nothing was granted"};
}

std::optional<Error> why_wanted_already(const Desired& desired, const BreakGlass& wanted) {
  for (const Grant& grant : wanted.grants) {
    const auto found = std::ranges::lower_bound(desired.grants, grant.key, {}, &Grant::key);
    if (found == desired.grants.end() || found->key != grant.key) continue;
    return Error{ErrorCode::conflict,
                 "the manifests have this source and target, in " + printable(found->name) +
                     " at " + printable(to_string(found->position)) + "; nothing was granted"};
  }
  return std::nullopt;
}

/// What can be granted now, with its times.
Async<BreakGlass> judge(AccountRuntime& account,  // coroutine-ref: the awaiter's
                        BreakGlass wanted,
                        std::chrono::milliseconds time) {
  const auto good = co_await account.loader().last_good(account.time().latest);
  if (!good) co_return good.error();
  if (*good == nullptr) {
    co_return Error{ErrorCode::conflict,
                    "no revision of the manifests was ever good here; nothing was granted"};
  }
  auto decoded = decode_break_glass(account.spec(), std::move(wanted), (*good)->desired.assertions);
  if (!decoded) co_return std::move(decoded).error();
  wanted = std::move(decoded->glass);
  const auto active = active_break_glass(account.spec(), account.state());
  if (!active) co_return active.error();
  if (auto why = why_not_granted(wanted, *active, account.spec().break_glass)) {
    co_return std::move(*why);
  }
  if (auto why = why_wanted_already((*good)->desired, wanted)) co_return std::move(*why);
  ReadingContext reading = account.reading_beside();
  reading.asked.push_back(wanted);
  std::set<std::string> none_approved;
  AuthorizationNames names;
  names.insert(wanted.name);
  const auto planned =
      co_await plan_named(std::move(reading), *good, std::move(none_approved), std::move(names));
  if (!planned) co_return planned.error();
  if (auto why = why_not_planned(*planned, wanted)) co_return std::move(*why);
  wanted.made = planned->time.now;
  wanted.ends = wanted.made + time;
  co_return wanted;
}

AuditApproval audit_of(const AccountRuntime& account,
                       const CommandContext& context,
                       const BreakGlass& glass) {
  AuditApproval audit;
  audit.is_break_glass = true;
  audit.at = account.time().now;
  audit.account = account.spec().id;
  audit.account_name = account.spec().name;
  audit.owner = account.spec().owner;
  audit.who = context.who;
  audit.login_uid = context.login_uid;
  audit.what = glass.name;
  audit.until = glass.ends;
  audit.reason = glass.reason;
  audit.manifest = glass.manifest;
  return audit;
}

Result<void> tell_audit_of(const AccountRuntime& account, const AuditApproval& audit) {
  for (const auto& observer : account.observers()) {
    if (auto done = observer->approved(audit); !done) return done;
  }
  return {};
}

/// What cannot be recorded is not granted. The checks are repeated where nothing can come between:
/// two people may have asked at once.
Result<void> keep(AccountRuntime& account, const CommandContext& context, const BreakGlass& glass) {
  const auto active = active_break_glass(account.spec(), account.state());
  if (!active) return active.error();
  if (auto why = why_not_granted(glass, *active, account.spec().break_glass)) {
    return std::move(*why);
  }
  if (auto kept = account.state().break_glass.add(glass); !kept) return kept;
  auto told = tell_audit_of(account, audit_of(account, context, glass));
  if (told) return {};
  auto removed = account.state().break_glass.remove(glass.name);
  if (!removed) return removed;
  return std::move(told).error().context("the audit log does not take it; nothing was granted");
}

void show(const CommandContext& context, const AccountRuntime& account, const BreakGlass& glass) {
  std::ostream& out = context.console.out;
  out << "Account " << printable(account.spec().name) << " (" << account.spec().id.value << ")\n";
  for (const std::string& what : glass.what) out << "+ " << printable(what) << '\n';
  out << "from now until " << to_rfc3339(std::chrono::floor<std::chrono::seconds>(glass.ends))
      << ", for: " << printable(glass.reason) << '\n';
}

boost::asio::awaitable<std::optional<ExitCode>> ask(CommandContext context, std::string hash) {
  if (!context.console.can_ask) {
    const Obstacle obstacle{ExitCode::usage,
                            "there is no terminal to ask on; nothing was granted. Read what is "
                            "shown above, and add --yes"};
    co_return fail(context, obstacle);
  }
  Question question{"Grant exactly this, and have everyone informed?", std::move(hash)};
  const auto yes = co_await context.console.ask(std::move(question));
  if (yes && *yes) co_return std::nullopt;
  context.console.err << kNothingDone;
  co_return ExitCode::error;
}

void start_cycle(const Workplace& place, const AccountRuntime& account) {
  if (place.daemon != nullptr) place.daemon->poke(account.spec().id.value);
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, GrantCommand command) {
  if (place.accounts.size() != 1) {
    co_return fail_usage(context, "a break-glass grant is of one account: name it with --account");
  }
  if (command.manifest.empty()) {
    co_return fail_usage(context, "a daemon reads no file that it is told: give it the manifest");
  }
  AccountRuntime& account = *place.accounts.front();
  if (const auto why = why_not_now(account, command)) {
    co_return fail(context, account.spec(), *why);
  }
  BreakGlass asked;
  asked.name = break_glass_name(context.randomness.hex(kMostNameDigits));
  asked.who = context.who;
  asked.login_uid = context.login_uid;
  asked.reason = std::string(trim(command.reason));
  asked.made = account.time().now;
  asked.ends = asked.made + command.time;
  asked.manifest = command.manifest;
  const auto glass = co_await judge(account, std::move(asked), command.time);
  if (!glass) co_return fail(context, account.spec(), glass.error());
  show(context, account, *glass);
  if (!command.yes) {
    const auto ended = co_await ask(context, hash_of_asked(account, command));
    if (ended) co_return *ended;
  }
  if (auto kept = keep(account, context, *glass); !kept) {
    co_return fail(context, account.spec(), kept.error());
  }
  account.log().warning("a break-glass grant was made",
                        {{"name", glass->name},
                         {"who", glass->who},
                         {"until", to_rfc3339(glass->ends)},
                         {"reason", glass->reason}});
  context.console.out << "Granted as " << glass->name
                      << ". The next cycle, which starts now, creates it; at its end it is deleted "
                         "by itself. 'authzd grants' lists it.\n";
  start_cycle(place, account);
  co_return ExitCode::done;
}

namespace {

struct ListedGlass {
  std::shared_ptr<AccountRuntime> account;
  KeptBreakGlass kept;
};

Result<std::vector<ListedGlass>> listed_glass(const Workplace& place) {
  std::vector<ListedGlass> listed;
  for (const auto& account : place.accounts) {
    auto all = account->state().break_glass.all();
    if (!all) return std::move(all).error().context("account " + account->spec().name);
    for (KeptBreakGlass& each : *all) listed.push_back({account, std::move(each)});
  }
  return listed;
}

std::string state_of_glass(const ListedGlass& listed) {
  const KeptBreakGlass& kept = listed.kept;
  if (kept.over) return std::string(to_string(kept.how)) + " at " + to_rfc3339(*kept.over);
  if (!listed.account->time().has_passed(kept.glass.ends)) return "active";
  return "ending: its policies are being deleted";
}

std::string table_of_glass(const std::vector<ListedGlass>& all) {
  if (all.empty()) return "There are no break-glass grants.\n";
  std::vector<std::vector<std::string>> rows{{"NAME", "ACCOUNT", "UNTIL", "STATE", "BY", "REASON"}};
  for (const ListedGlass& each : all) {
    const BreakGlass& glass = each.kept.glass;
    rows.push_back({printable(glass.name),
                    printable(each.account->spec().name),
                    to_rfc3339(std::chrono::floor<std::chrono::seconds>(glass.ends)),
                    state_of_glass(each),
                    printable(glass.who),
                    printable(glass.reason)});
  }
  return text_table(rows);
}

std::string json_of_glass(const std::vector<ListedGlass>& all) {
  using report::Json;
  Json list = Json::array();
  for (const ListedGlass& each : all) {
    const BreakGlass& glass = each.kept.glass;
    list.push_back({{"name", glass.name},
                    {"account", each.account->spec().id.value},
                    {"accountName", each.account->spec().name},
                    {"who", glass.who},
                    {"loginUid", glass.login_uid ? Json(*glass.login_uid) : Json()},
                    {"reason", glass.reason},
                    {"made", to_rfc3339(glass.made)},
                    {"ends", to_rfc3339(glass.ends)},
                    {"over", report::time_json(each.kept.over)},
                    {"how", each.kept.over ? Json(to_string(each.kept.how)) : Json()},
                    {"manifest", glass.manifest}});
  }
  const Json document{{"formatVersion", kGrantsFormatVersion}, {"grants", std::move(list)}};
  return report::dump(document, 2) + "\n";
}

/// It ends, whatever the audit log takes.
ExitCode revoke_glass(const CommandContext& context, const Workplace& place, ListedGlass& listed) {
  AccountRuntime& account = *listed.account;
  BreakGlass& glass = listed.kept.glass;
  glass.ends = std::min(glass.ends, account.time().earliest);
  if (auto ended = account.state().break_glass.end_at(glass.name, glass.ends); !ended) {
    return fail(context, account.spec(), ended.error());
  }
  context.console.out << "Revoked: " << printable(glass.name) << " of account "
                      << printable(account.spec().name)
                      << ". The next cycle, which starts now, deletes its policies.\n";
  start_cycle(place, account);
  AuditApproval audit = audit_of(account, context, glass);
  audit.is_revoked = true;
  auto told = tell_audit_of(account, audit);
  if (told) return ExitCode::done;
  return fail(context,
              account.spec(),
              std::move(told).error().context("it is revoked, and not in the audit log"));
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, GrantsCommand command) {
  auto all = listed_glass(place);
  if (!all) {
    co_return fail(context, all.error());
  }
  if (command.revoked.empty()) {
    const bool json = command.output == OutputForm::json;
    context.console.out << (json ? json_of_glass(*all) : table_of_glass(*all));
    co_return ExitCode::done;
  }
  std::vector<ListedGlass*> chosen;
  for (const std::string& name : command.revoked) {
    const auto found = std::ranges::find_if(*all, [&name](const ListedGlass& each) {
      return each.kept.glass.name == name && !each.kept.over;
    });
    if (found == all->end()) {
      const Error error{ErrorCode::not_found,
                        "there is no active break-glass grant " + printable(name) +
                            "; nothing was revoked. 'authzd grants' lists them"};
      co_return fail(context, error);
    }
    chosen.push_back(&*found);
  }
  std::set<ExitCode> codes;
  for (ListedGlass* each : chosen) codes.insert(revoke_glass(context, place, *each));
  co_return worst(codes);
}

}  // namespace authzd
