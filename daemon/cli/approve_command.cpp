// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/approve_text.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cli/undo_plan.hpp"
#include "daemon/cycle/bookkeeping.hpp"
#include "daemon/cycle/rails_and_quorum.hpp"
#include "daemon/cycle/state_age.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/plan_name.hpp"
#include "reconciler/report/plan_text.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

/// What is held in one account: under the hash of a hold, of all holds, or of the whole plan.
struct Found {
  std::shared_ptr<AccountRuntime> account;
  std::string hash;
  Plan plan;  // as it was shown
  StateAge state_age = {};
  Authors authors = {};  // of its revision, besides those that the state has
};

bool is_whole_plan(const Found& found) {
  return found.hash == found.plan.hash;
}

/// The hash of a hold, or of all holds, may be cut short where what is left names one alone; that
/// of a plan, which says when the plan was read, may not.
std::vector<Found> find(std::span<const AccountPlan> plans, const std::string& typed) {
  std::vector<Found> found;
  if (typed.size() < kFewestDigits) return found;
  for (const AccountPlan& each : plans) {
    if (!each.planned) continue;
    const Plan& plan = each.planned->plan;
    const StateAge& age = each.planned->findings.state_age;
    std::set<std::string> hashes = hold_hashes(plan);
    if (!hashes.empty()) hashes.insert(hash_all_holds(plan));
    for (const std::string& hash : hashes) {
      if (hash.starts_with(typed)) found.push_back({each.account, hash, plan, age, each.authors});
    }
    const auto ttl = each.account->spec().approval_ttl;
    if (!hashes.empty() &&
        judge_review(typed, plan, each.account->time().latest, ttl) == Review::stands) {
      found.push_back({each.account, plan.hash, plan, age, each.authors});
    }
  }
  return found;
}

Grantor grantor(const CommandContext& context, const AccountRuntime& account) {
  const Timestamp now = account.time().at_latest();
  return {context.who, now, now + account.spec().approval_ttl, context.login_uid};
}

void wake(const Workplace& place, const AccountRuntime& account) {
  if (place.daemon != nullptr) place.daemon->poke(account.spec().id.value);
}

/// It counts, whatever the audit log takes; who cannot write there must hear of it.
Result<void> tell_audit(const AccountRuntime& account, const Grantor& by, const std::string& what) {
  AuditApproval approval;
  approval.at = by.at;
  approval.account = account.spec().id;
  approval.account_name = account.spec().name;
  approval.owner = account.spec().owner;
  approval.who = by.who;
  approval.login_uid = by.login_uid;
  approval.what = what;
  approval.until = by.until;
  for (const auto& observer : account.observers()) {
    if (auto told = observer->approved(approval); !told) {
      return std::move(told).error().context("it is approved, and not in the audit log");
    }
  }
  return {};
}

/// An account that refused a revision, and waits with it.
struct Waiting {
  std::shared_ptr<AccountRuntime> account;
  std::string revision;
  Authors authors = {};  // where they matter
};

Result<std::vector<Waiting>> waiting_with(const Accounts& accounts, const std::string& typed) {
  std::vector<Waiting> waiting;
  for (const auto& account : accounts) {
    const auto attempted = account->state().revisions.attempted();
    if (!attempted) {
      return Error(attempted.error()).context("account " + account->spec().name);
    }
    if (*attempted && !(*attempted)->error.empty() && (*attempted)->revision == typed) {
      waiting.push_back({account, typed});
    }
  }
  return waiting;
}

/// Everything that one call approves.
struct Request {
  std::vector<Waiting> revisions;
  std::vector<Found> holds;
};

std::string revision_text(const Waiting& waiting) {
  return "account " + printable(waiting.account->spec().name) + " takes revision " +
         printable(waiting.revision) +
         " when it plans next, though it does not descend from the one applied last. Other faults "
         "stay refused; see 'authzd plan'.\n";
}

void show(const CommandContext& context,
          std::span<const AccountPlan> plans,
          const Request& request) {
  std::ostream& out = context.console.out;
  for (const Waiting& each : request.revisions) {
    out << "To approve: " << revision_text(each);
  }
  bool is_first = request.revisions.empty();
  for (const Found& each : request.holds) {
    if (!std::exchange(is_first, false)) out << '\n';
    const auto of = std::ranges::find(plans, each.account, &AccountPlan::account);
    out << approval_text(each.plan,
                         each.hash,
                         {.style = context.console.style,
                          .account_name = each.account->spec().name,
                          .revision = of->planned->revision,
                          .commit = commit_text(*of->planned),
                          .role_names = of->planned->role_names});
  }
  out << std::flush;
}

/// What remains to be approved after it, and what it ends permanently.
std::string remaining_text(const Found& found) {
  bool is_first_deletes = false;
  bool is_held_otherwise = false;
  const std::set<std::string> covered = holds_named(found.plan, found.hash);
  const auto is_named = [&covered](const Hold& hold) { return covered.contains(hold.hash); };
  for (const Action& action : found.plan.actions) {
    const auto named = std::ranges::count_if(action.holds, is_named);
    if (named == 0) continue;
    is_held_otherwise |= static_cast<std::size_t>(named) < action.holds.size();
    is_first_deletes |= std::ranges::any_of(action.holds, [&](const Hold& hold) {
      return is_named(hold) && names_rail(hold, rail::kFirstDeletes);
    });
  }
  std::string text;
  if (is_held_otherwise) text += "Other rails still hold some of them; see 'authzd plan'.\n";
  const bool is_judged = found.account->spec().approvers.not_the_author;
  if (is_first_deletes && is_judged) {
    text +=
        "Once one of them is done, the rail firstDeletes holds nothing more in this account; until "
        "then the word of who commits a revision does not count. The other rails hold as before.\n";
  } else if (is_first_deletes) {
    text += kFirstDeletesEnded;
  }
  return text;
}

boost::asio::awaitable<ExitCode> let_in(CommandContext context, Workplace place, Waiting waiting) {
  AccountRuntime& account = *waiting.account;
  const auto age = co_await look_at_state_age(account.reading_beside());
  if (!age) co_return fail(context, account.spec(), age.error());
  // First, as it voids what was approved before.
  if (const auto kept = keep_state_age(account.state(), *age); !kept) {
    co_return fail(context, account.spec(), kept.error());
  }
  const Grantor by = grantor(context, account);
  const auto done = approve_revision(account.state(), waiting.revision, by);
  if (!done) co_return fail(context, account.spec(), done.error());
  context.console.out << "Approved by " << printable(by.who) << ": " << revision_text(waiting)
                      << missing_text(account,
                                      ApprovalKind::revision,
                                      {waiting.revision},
                                      waiting.authors,
                                      by.at,
                                      context.login_uid);
  wake(place, account);
  const auto told = tell_audit(account, by, waiting.revision);
  co_return told ? ExitCode::done : fail(context, account.spec(), told.error());
}

ExitCode let_through(const CommandContext& context, const Workplace& place, const Found& found) {
  AccountRuntime& account = *found.account;
  const Grantor by = grantor(context, account);
  // First, as it voids what was approved: this was approved with that in sight.
  if (const auto kept = keep_state_age(account.state(), found.state_age); !kept) {
    return fail(context, account.spec(), kept.error());
  }
  const auto holds = approve(account.state(), found.plan, found.hash, by);
  if (!holds) return fail(context, account.spec(), holds.error());
  const std::string missing = missing_text(account,
                                           ApprovalKind::hold,
                                           holds_named(found.plan, found.hash),
                                           found.authors,
                                           by.at,
                                           context.login_uid);
  const std::string text = approved_text(account, by, found.hash);
  context.console.out << for_people(context,
                                    text + (missing.empty() ? remaining_text(found) : missing));
  wake(place, account);
  const auto told = tell_audit(account, by, found.hash);
  return told ? ExitCode::done : fail(context, account.spec(), told.error());
}

/// What holds actions is known where a cycle has shown it; only a plan that no cycle made needs
/// IAM.
boost::asio::awaitable<std::vector<AccountPlan>> plans_that_hold(
    Workplace place,
    const Planner& planner,  // coroutine-ref: the awaiter's
    std::vector<std::string> hashes) {
  std::vector<AccountPlan> known = last_plans(place);
  const auto is_held = [&known](const std::string& typed) {
    return find(known, typed).size() == 1 && !find_approval(known, typed);
  };
  if (std::ranges::all_of(hashes, is_held)) co_return known;
  co_return co_await plans_beside(std::move(place), planner);
}

/// What each hash names; nothing, and why, where one names nothing or more than one.
std::vector<Found> find_all(const CommandContext& context,
                            std::span<const AccountPlan> plans,
                            std::span<const std::string> hashes) {
  std::vector<Found> all;
  for (const std::string& typed : hashes) {
    auto found = find(plans, typed);
    if (found.size() == 1) {
      all.push_back(std::move(found.front()));
    } else {
      if (!found.empty() || !say_approved(context, plans, typed)) {
        complain(context, typed, found.size());
      }
    }
  }
  if (all.size() == hashes.size()) return all;
  if (hashes.size() > 1) context.console.err << "Nothing was approved.\n";
  show_holds(context, plans);
  return {};
}

/// Sorts what was typed into revisions that wait and hashes.
Result<std::vector<std::string>> take_revisions(const Workplace& place,
                                                const ApproveCommand& command,
                                                Request& request) {
  std::vector<std::string> hashes;
  for (const std::string& typed : command.what) {
    auto waiting = waiting_with(place.accounts, typed);
    if (!waiting) return std::move(waiting).error();
    if (waiting->empty()) hashes.push_back(typed);
    std::ranges::move(*waiting, std::back_inserter(request.revisions));
  }
  return hashes;
}

/// Who wrote a revision that is refused; unknown if it is no longer the newest.
Async<Authors> authors_of(std::shared_ptr<AccountRuntime> account, std::string revision) {
  if (!account->spec().approvers.not_the_author) co_return Authors{};
  const auto intent = co_await account->loader().look(account->time().latest);
  if (!intent) co_return intent.error();
  if (intent->refusal && intent->refusal->revision == revision) co_return intent->refusal->authors;
  const bool is_taken = intent->good && intent->good->revision == revision;
  co_return is_taken ? intent->authors : Authors{{}, {}, false};
}

/// Why this person may not approve what `wrote` are authors of, too; nothing where he may.
std::optional<Error> objection(const CommandContext& context,
                               const AccountRuntime& account,
                               const Authors& wrote) {
  const auto waiting = authors_of_what_waits(account.state(), account.time().latest);
  if (!waiting) return waiting.error();
  std::string why =
      why_not_approver(account.spec().approvers, context.login_uid, merged(*waiting, wrote));
  if (why.empty()) return std::nullopt;
  return Error{ErrorCode::forbidden, std::move(why) + "; nothing was approved"};
}

/// As they are judged when the approval is used: in its whole account.
boost::asio::awaitable<std::optional<ExitCode>> refuse_authors(
    CommandContext context,
    Request& request) {  // coroutine-ref: the awaiter's
  for (Waiting& each : request.revisions) {
    auto wrote = co_await authors_of(each.account, each.revision);
    if (!wrote) co_return fail(context, each.account->spec(), wrote.error());
    each.authors = std::move(*wrote);
    const auto why = objection(context, *each.account, each.authors);
    if (why) co_return fail(context, each.account->spec(), *why);
  }
  for (const Found& each : request.holds) {
    const auto why = objection(context, *each.account, each.authors);
    if (why) co_return fail(context, each.account->spec(), *why);
  }
  co_return std::nullopt;
}

/// What a yes is a yes to: exactly what is held under these hashes, and these revisions.
std::string hash_of_shown(const Request& request) {
  std::string all;
  for (const Waiting& each : request.revisions) {
    all += each.account->spec().id.value + " revision " + each.revision + "\n";
  }
  for (const Found& each : request.holds) {
    const std::string what = is_whole_plan(each) ? hash_plan(each.plan) : each.hash;
    all += each.account->spec().id.value + " hold " + what + "\n";
  }
  return sha256_hex(all);
}

/// Nothing: the person said yes to exactly this.
boost::asio::awaitable<std::optional<ExitCode>> ask(
    CommandContext context,
    const Request& request) {  // coroutine-ref: the awaiter's
  if (!context.console.can_ask) {
    const Obstacle obstacle{ExitCode::usage,
                            "there is no terminal to ask on; nothing was approved. Read what is "
                            "shown above, and add --yes"};
    co_return fail(context, obstacle);
  }
  Question question{"Approve exactly this?", hash_of_shown(request)};
  const auto yes = co_await context.console.ask(std::move(question));
  if (yes && *yes) co_return std::nullopt;
  context.console.err << kNothingDone;
  co_return ExitCode::error;
}

/// What the hashes are looked for in.
struct Place {
  Workplace place;
  PlanMaker maker = {};  // of the undo, where there is one
};

tl::expected<Place, ExitCode> narrow(const CommandContext& context,
                                     Workplace place,
                                     const ApproveCommand& command) {
  if (command.undo.empty()) return Place{std::move(place)};
  auto found = find_run_to_undo(context, place, command.undo);
  if (!found) return tl::unexpected(found.error());
  place.accounts = {found->account};
  return Place{std::move(place),
               undo_maker(std::move(found->detail), std::make_shared<UndoPins>())};
}

}  // namespace

Ending run_command(CommandContext context, Workplace all, ApproveCommand command) {
  auto narrowed = narrow(context, std::move(all), command);
  if (!narrowed) co_return narrowed.error();
  const Workplace& place = narrowed->place;
  const Planner planner = narrowed->maker ? asked_planner(context, narrowed->maker)
                                          : revision_planner(context, AuthorizationNames());
  Request request;
  const auto hashes = take_revisions(place, command, request);
  if (!hashes) {
    co_return fail(context, hashes.error());
  }
  std::vector<AccountPlan> plans;
  if (!hashes->empty()) {
    // The plan of an undo is in no cycle.
    if (narrowed->maker) {
      plans = co_await plans_beside(place, planner);
    } else {
      plans = co_await plans_that_hold(place, planner, *hashes);
    }
    request.holds = find_all(context, plans, *hashes);
    if (request.holds.empty()) {
      std::set<ExitCode> codes = failures(plans);
      codes.insert(ExitCode::error);
      co_return worst(codes);
    }
  }
  show(context, plans, request);
  if (const auto refused = co_await refuse_authors(context, request)) co_return *refused;
  if (!command.yes) {
    const auto ended = co_await ask(context, request);
    if (ended) co_return *ended;
  }
  std::set<ExitCode> codes;
  for (const Waiting& each : request.revisions) {
    codes.insert(co_await let_in(context, place, each));
  }
  for (const Found& each : request.holds) codes.insert(let_through(context, place, each));
  co_return worst(codes);
}

}  // namespace authzd
