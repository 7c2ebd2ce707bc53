// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_party.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/held_policies.hpp"
#include "daemon/cli/reach_words.hpp"
#include "daemon/console/reach_svg.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/reach_writers.hpp"

#include <algorithm>
#include <limits>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

/// For a program that lays the picture out by itself.
constexpr PictureLimits kEverything{std::numeric_limits<std::size_t>::max(),
                                    std::numeric_limits<std::size_t>::max()};

Result<ReachView> view_of(const AccountRuntime& account, const Holding& holding) {
  const AccountSpec& spec = account.spec();
  const Observation& observation = holding.observation;
  const auto whose = owners_in(account, holding);
  if (!whose) return whose.error();
  std::vector<const Observed*> policies;
  for (const Observed& policy : observation.policies) {
    if (policy.state == PolicyState::active) policies.push_back(&policy);
  }
  ReachView view{spec.id, spec.name, observation.time.now, {}, holding.role_names};
  view.is_use_known = observation.is_use_known;
  return with_policies(std::move(view), policies, *whose);
}

std::string rendered(const CommandContext& context,
                     std::span<const Reached> policies,
                     ReachForm form,
                     std::size_t accounts) {
  switch (form) {
    case ReachForm::json: return reach_json(policies);
    case ReachForm::dot: return reach_dot(picture_of(policies, kEverything));
    case ReachForm::mermaid:
    case ReachForm::svg: break;
    case ReachForm::text: return reach_text(policies, accounts, context.console.style.width);
  }
  const ReachPicture picture = picture_of(policies);
  if (const std::string more = left_out_text(picture); !more.empty()) {
    context.console.err << "authzd: " << more << '\n';
  }
  return form == ReachForm::svg ? console::reach_svg_file(picture) : reach_mermaid(picture);
}

/// What a daemon answers in one turn of its loop, which everybody else waits for. The list of one
/// account always fits.
constexpr std::size_t kMostInDaemon = 5'000;

/// Only what is asked for stays: the lists of all accounts together have no bound.
void keep_what_is_asked_for(ReachView& view, const ReachFilter& filter) {
  std::vector<ReachPolicy> kept;
  for (const Reached& each : reached({&view, 1}, filter)) kept.push_back(*each.policy);
  view.policies = std::move(kept);
}

/// The names of the question's instances join those that are known of the account.
Async<void> learn_names(AccountRuntime& account,    // coroutine-ref: the awaiter's
                        const ReachFilter& filter,  // coroutine-ref: the awaiter's
                        ReachView& view) {          // coroutine-ref: the awaiter's
  for (const ReachParty* party : {&filter.target, &filter.source}) {
    if (party->service.empty() || party->instance.empty()) continue;
    const auto id = co_await id_of_instance(account, party->service, party->instance);
    if (!id) co_return id.error();
    if (*id && **id != party->instance) {
      view.names.insert(instance_entry(party->service, **id, party->instance));
    }
  }
  co_return Result<void>();
}

Error too_many() {
  return {
      ErrorCode::rejected,
      "more than " + std::to_string(kMostInDaemon) +
          " policies are too many for one answer of the daemon: name a TARGET, --from SOURCE or "
          "--account, or add --local to ask IAM beside it"};
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ReachCommand command) {
  auto accounts = accounts_of(place.accounts, command.filter.target);
  if (!accounts) co_return fail(context, accounts.error());
  place.accounts = *std::move(accounts);
  ReachWords words(context, command.filter);
  std::set<ExitCode> codes;
  std::vector<ReachView> lists;
  std::size_t kept = 0;
  for (const auto& account : place.accounts) {
    const auto holding = co_await read_holding(*account);
    if (!holding) {
      codes.insert(fail(context, account->spec(), holding.error()));
      continue;
    }
    tell_of_unreadable(context, account->spec(), *holding);
    auto view = view_of(*account, *holding);
    if (!view) {
      codes.insert(fail(context, account->spec(), view.error()));
      continue;
    }
    const auto learnt = co_await learn_names(*account, command.filter, *view);
    if (!learnt) {
      codes.insert(fail(context, account->spec(), learnt.error()));
      continue;
    }
    words.look_at(*view);
    keep_what_is_asked_for(*view, command.filter);
    kept += view->policies.size();
    if (place.daemon != nullptr && kept > kMostInDaemon) co_return fail(context, too_many());
    lists.push_back(*std::move(view));
  }
  const bool has_none = lists.empty() && !place.accounts.empty();
  if (has_none) co_return worst(codes);
  const auto policies = reached(lists, command.filter);
  words.tell_of_unknown(policies);
  context.console.out << rendered(context, policies, command.output, place.accounts.size());
  co_return worst(codes);
}

}  // namespace authzd
