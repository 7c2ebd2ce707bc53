// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_plan.hpp"
#include "daemon/cli/failure.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"

#include <algorithm>
#include <vector>

namespace authzd {
namespace {

using boost::asio::awaitable;

/// The plan that lets go of what was named, or of everything.
Async<Planned> plan_of(AccountRuntime& account,  // coroutine-ref: the awaiter's
                       std::string name) {
  auto planned = co_await plan_release(account.reading());
  if (!planned || name.empty()) co_return planned;
  std::erase_if(planned->plan.actions,
                [&name](const Action& action) { return action.name != name; });
  std::erase_if(planned->plan.notes, [&name](const Note& note) { return note.name != name; });
  planned->plan.hash = hash_plan(planned->plan);
  co_return planned;
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ReleaseCommand command) {
  const auto is_nameless = [](const auto& account) { return account->spec().owner.empty(); };
  if (std::ranges::any_of(place.accounts, is_nameless)) {
    co_return fail_usage(
        context, "whose policies? The owner stands in the configuration: add --config FILE");
  }
  const AskedPlan asked{
      .kind = RunKind::release,
      .question =
          "Take the marker off these policies? They stay as they are, and authzd will not "
          "manage them any more.",
      .yes = command.yes,
      .output = OutputForm::text,
      .nothing = {ErrorCode::not_found,
                  command.all ? std::string("no policy is ours: there is nothing to release")
                              : "no policy of ours is of an authorization named " +
                                    printable(command.name) + ": nothing was released"}};
  const PlanMaker maker = [name = command.name](AccountRuntime& account) {
    return plan_of(account, name);
  };
  co_return co_await perform_asked(context, std::move(place), asked, maker);
}

}  // namespace authzd
