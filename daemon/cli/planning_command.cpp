// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/planning_command.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/cycle/account_runtime.hpp"
#include "daemon/cycle/cycle_log.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/ignore_rules.hpp"
#include "reconciler/report/fleet_text.hpp"
#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/plan_text.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

using boost::asio::awaitable;

/// `account` outlives the call. `other`: a source besides the account's; null: its own.
Async<Intent> intent_of(AccountRuntime& account,
                        PlanPurpose purpose,
                        std::shared_ptr<Source> other) {
  const Timestamp now = account.time().latest;
  if (other != nullptr) co_return co_await account.loader().look_at(*other, now);
  if (purpose == PlanPurpose::show) co_return co_await account.loader().look(now);
  if (purpose == PlanPurpose::ahead) co_return co_await account.loader().look(now, Ahead::yes);
  co_return co_await account.loader().next(now);
}

/// The account has no revision to plan by.
Error waits_with_nothing(const std::optional<RolloutWait>& wait) {
  return {ErrorCode::conflict,
          wait ? "its first revision waits: " + wait->why
               : std::string("there are no manifests to plan by")};
}

awaitable<AccountPlan> plan_one(CommandContext context,
                                std::shared_ptr<AccountRuntime> runtime,
                                PlanPurpose purpose,
                                AuthorizationNames names,
                                bool shows_warnings,
                                std::shared_ptr<Source> other) {
  AccountPlan plan;
  plan.account = runtime;
  AccountRuntime& account = *runtime;
  auto intent = co_await intent_of(account, purpose, other);
  if (!intent) {
    plan.failure = fail(context, account.spec(), intent.error());
    co_return plan;
  }
  if (intent->refusal) {
    plan.failure = show_refusal(context, account.spec(), *intent->refusal);
    co_return plan;
  }
  if (shows_warnings) context.console.err << render(intent->warnings);
  if (shows_warnings && intent->ignored > 0) {
    context.console.err << "authzd: " << ignored_text(intent->ignored) << '\n';
  }
  plan.good = std::move(intent->good);
  plan.wait = std::move(intent->wait);
  if (plan.good == nullptr) {
    plan.failure = fail(context, account.spec(), waits_with_nothing(plan.wait));
    co_return plan;
  }
  plan.authors = std::move(intent->authors);
  std::set<std::string> none_approved;
  ReadingContext reading = reading_for(account, purpose);
  reading.wrote = plan.authors;
  auto planned = co_await plan_named(
      std::move(reading), plan.good, std::move(none_approved), std::move(names));
  if (planned) {
    log_loose_ends(account, planned->findings.open_writes);
    plan.planned = std::move(*planned);
  } else if (planned.error().code == ErrorCode::not_found) {
    plan.unknown_name = std::move(planned).error();
  } else {
    plan.failure = fail(context, account.spec(), planned.error());
    plan.may_pass = is_transient(planned.error().code);
  }
  co_return plan;
}

WayThrough way_through(const AccountSpec& spec, const CopiedCommands& copied) {
  if (!copied.is_in_force) return WayThrough::none;
  if (!spec.keeps_state) return WayThrough::plan_hash;
  if (is_restricted(spec.approvers)) return WayThrough::approval;
  return copied.can_approve ? WayThrough::either : WayThrough::plan_hash;
}

/// So many accounts are shown in the order of the configuration.
constexpr std::size_t kManyAccounts = 20;
/// Bytes of a comment less those of not_shown_text().
constexpr std::size_t kAllAccounts = kMarkdownLimit - 200;

TextOptions options_of(const AccountPlan& plan,
                       const CopiedCommands& copied,
                       std::size_t accounts) {
  const AccountSpec& spec = plan.account->spec();
  TextOptions options = text_options(spec, *plan.planned, copied, {});
  if (accounts > 1) options.by_hash_options = by_hash_options_for(copied, spec.name);
  return options;
}

/// Of more than a few accounts, what they have in common is shown once.
std::string render_fleet(std::span<const AccountPlan> plans, const PlanLook& look) {
  std::vector<FleetPlan> shown;
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    const TextOptions options = options_of(plan, look.copied, plans.size());
    FleetPlan& each = shown.emplace_back(FleetPlan{&plan.planned->plan, options});
    each.options.style = look.style;
    each.options.detail = look.detail;
  }
  return shown.empty() ? std::string() : fleet_text(shown, look.style);
}

boost::asio::awaitable<std::string> render_text(
    std::span<const AccountPlan> plans,  // coroutine-ref: the awaiter's
    PlanLook look) {
  if (plans.size() > kFewAccounts && !look.detail.alike) co_return render_fleet(plans, look);
  std::string text;
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    if (!text.empty()) text += '\n';
    TextOptions options = options_of(plan, look.copied, plans.size());
    options.style = look.style;
    options.detail = look.detail;
    text += plan_text(plan.planned->plan, options);
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
  co_return text;
}

/// True if somebody has to read the plan.
bool has_news(const AccountPlan& plan) {
  return !is_quiet(plan.planned->plan) || count(plan.planned->plan).dropped > 0;
}

std::string not_shown_text(std::span<const AccountPlan* const> plans) {
  const auto busy =
      std::ranges::count_if(plans, [](const AccountPlan* plan) { return has_news(*plan); });
  return "\n" + count_of(plans.size(), "more account is", "more accounts are") + " not shown, " +
         std::to_string(busy) + " of them with something to do.\n";
}

/// Of many accounts only a part fits: those with something to do come first, and the others are
/// counted.
std::string render_markdown(std::span<const AccountPlan> plans, const CopiedCommands& copied) {
  std::vector<const AccountPlan*> shown;
  for (const AccountPlan& plan : plans) {
    if (plan.planned) shown.push_back(&plan);
  }
  if (shown.size() > kManyAccounts) {
    std::stable_partition(
        shown.begin(), shown.end(), [](const AccountPlan* plan) { return has_news(*plan); });
  }
  std::vector<std::string> texts(shown.size());
  std::size_t room = kAllAccounts;
  const auto write = [&](bool news, std::size_t sharers) {
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (has_news(*shown[i]) != news) continue;
      const TextOptions options = options_of(*shown[i], copied, plans.size());
      texts[i] = plan_markdown(shown[i]->planned->plan, options, room / sharers--);
      room -= std::min(room, texts[i].size() + 1);
    }
  };
  // Those with nothing to do are short, and leave the others what they do not need, or half of it.
  write(false, shown.size());
  room = std::max(room, kAllAccounts / 2);
  const auto busy = std::ranges::count_if(shown, [](const auto* plan) { return has_news(*plan); });
  write(true, static_cast<std::size_t>(busy));
  std::string text;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (i > 0 && text.size() + texts[i].size() >= kAllAccounts) {
      return text + not_shown_text(std::span(shown).subspan(i));
    }
    text += (i > 0 ? "\n" : "") + texts[i];
  }
  return text;
}

boost::asio::awaitable<std::string> render_json(
    std::span<const AccountPlan> plans) {  // coroutine-ref: the awaiter's
  // The shape depends on how many accounts were asked for, not on how many could be planned.
  const bool is_one = plans.size() == 1 && plans.front().planned;
  PlanJsonWriter writer(is_one ? PlanJsonWriter::Shape::one : PlanJsonWriter::Shape::list);
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    const PlanDocument document{plan.planned->plan,
                                plan.account->spec().name,
                                plan.planned->revision,
                                plan.planned->instances};
    writer.begin(document);
    while (writer.step()) co_await boost::asio::post(boost::asio::use_awaitable);
  }
  co_return std::move(writer).take();
}

}  // namespace

void tell_of_unmet_selectors(const CommandContext& context, const Accounts& accounts) {
  if (context.options.chooses_accounts() || accounts.empty()) return;
  const SelectorBook* const book = accounts.front()->selectors();
  if (book == nullptr) return;
  std::vector<AccountId> all;
  for (const auto& account : accounts) {
    if (!account->spec().is_removed) all.push_back(account->spec().id);
  }
  context.console.err << render(book->unmet(all));
}

TextOptions text_options(const AccountSpec& spec,
                         const Planned& planned,
                         const CopiedCommands& copied,
                         TextStyle style) {
  return {.style = style,
          .way = way_through(spec, copied),
          .by_hash = copied.by_hash,
          .by_hash_options = copied.by_hash_options,
          .approve_options = copied.approve_options,
          .approved_with = copied.approved_with,
          .account_name = spec.name,
          .revision = planned.revision,
          .commit = commit_text(planned),
          .role_names = planned.role_names,
          .lacks_state = spec.trusts_markers};
}

ExitCode show_refusal(const CommandContext& context,
                      const AccountSpec& spec,
                      const Refusal& refusal) {
  context.console.err << render(refusal.diagnostics);
  Error shown = refusal.error;
  // What ends in a command to be copied, needs the options of this call behind it.
  const bool ends_in_command = shown.message.ends_with("authzd approve " + refusal.revision);
  if (ends_in_command) {
    shown.message += copied_commands(context.options, std::vector<std::string>()).approve_options;
  }
  return fail(context, spec, shown);
}

Planner revision_planner(const CommandContext& context,
                         AuthorizationNames names,
                         bool shows_warnings) {
  return [context, names = std::move(names), shows_warnings](
             std::shared_ptr<AccountRuntime> account, PlanPurpose purpose) {
    return plan_one(context, std::move(account), purpose, names, shows_warnings, nullptr);
  };
}

Planner other_planner(const CommandContext& context,
                      AuthorizationNames names,
                      std::shared_ptr<Source> other) {
  return [context, names = std::move(names), other = std::move(other)](
             std::shared_ptr<AccountRuntime> account, PlanPurpose) {
    return plan_one(context, std::move(account), PlanPurpose::show, names, true, other);
  };
}

awaitable<std::vector<AccountPlan>> plans_beside(Workplace place,
                                                 const Planner& planner,
                                                 PlanPurpose purpose) {
  std::vector<AccountPlan> plans;
  for (const auto& account : place.accounts) {
    plans.push_back(co_await planner(account, purpose));
  }
  co_return plans;
}

awaitable<std::vector<AccountPlan>> plan_accounts(CommandContext context,
                                                  Workplace place,
                                                  AuthorizationNames names,
                                                  bool shows_warnings,
                                                  PlanPurpose purpose) {
  const Planner planner = revision_planner(context, std::move(names), shows_warnings);
  auto plans = co_await plans_beside(std::move(place), planner, purpose);
  co_return with_name_known(context, std::move(plans));
}

std::set<ExitCode> exit_codes(const Performed& performed) {
  std::set<ExitCode> codes = exit_codes(count(performed.planned.plan));
  codes.erase(ExitCode::changes);  // they have been made, or are counted below
  const PerformedCounts counts = count(performed);
  if (counts.failed > 0) {
    const bool some = counts.created + counts.updated + counts.deleted + counts.unknown > 0;
    codes.insert(some ? ExitCode::conflicts : ExitCode::error);
  }
  return codes;
}

std::set<ExitCode> exit_codes(const CycleEnd& end) {
  std::set<ExitCode> codes;
  if (end.error) codes.insert(exit_code(*end.error));
  if (end.refusal) codes.insert(exit_code(end.refusal->error));
  if (end.performed) codes.merge(exit_codes(*end.performed));
  return codes;
}

std::set<ExitCode> leave_out_suspended(const CommandContext& context,
                                       RunKind kind,
                                       std::vector<AccountPlan>& plans) {
  std::set<ExitCode> codes;
  std::erase_if(plans, [&](const AccountPlan& plan) {
    const auto suspended = find_suspension(*plan.account, kind);
    if (suspended)
      codes.insert(fail(context, Obstacle{.why = "nothing was written: " + to_string(*suspended)}));
    return suspended.has_value();
  });
  return codes;
}

boost::asio::awaitable<std::string> render(
    std::span<const AccountPlan> plans,  // coroutine-ref: the awaiter's
    PlanLook look) {
  switch (look.form) {
    case OutputForm::json: co_return co_await render_json(plans);
    case OutputForm::markdown: co_return render_markdown(plans, look.copied);
    case OutputForm::text: break;
  }
  co_return co_await render_text(plans, std::move(look));
}

}  // namespace authzd
