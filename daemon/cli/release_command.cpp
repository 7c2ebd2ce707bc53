// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_plan.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cycle/release.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace authzd {
namespace {

Error nothing_to_release(const ReleaseCommand& command) {
  if (command.all) return {ErrorCode::not_found, "no policy is ours; there is nothing to release"};
  return {
      ErrorCode::not_found,
      "no policy of ours has the id " + printable(command.name) +
          " or is of an authorization of that name; nothing was released. 'authzd list --names' "
          "lists what has a marker"};
}

/// What each account's manifests were, as they are needed once its policies are released.
using Enforced = std::map<AccountId, Result<SharedRevision>>;

Async<Planned> plan_of(AccountRuntime& account,  // coroutine-ref: the awaiter's
                       PlanPurpose purpose,
                       std::string which,
                       std::shared_ptr<Enforced> enforced) {
  if (const std::string& why = account.spec().unreachable; !why.empty()) {
    co_return Error{ErrorCode::unavailable, why};
  }
  auto good = co_await account.loader().last_good(account.time().latest);
  // What cannot be read ends no protection: that is in the state, and in the markers.
  SharedRevision known = good ? *good : nullptr;
  enforced->insert_or_assign(account.spec().id, std::move(good));
  co_return co_await plan_release(
      reading_for(account, purpose), std::move(known), std::move(which));
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ReleaseCommand command) {
  const auto is_nameless = [](const auto& account) { return account->spec().owner.empty(); };
  if (std::ranges::any_of(place.accounts, is_nameless)) {
    co_return fail_usage(
        context, "release needs the configuration, which names the owner: add --config FILE");
  }
  const auto enforced = std::make_shared<Enforced>();
  const AskedPlan asked{
      .kind = RunKind::release,
      .question =
          "Take the marker off these policies? They stay as they are, and authzd will not "
          "manage them any more.",
      .yes = command.yes,
      .output = OutputForm::text,
      .detail = command.detail,
      .nothing = nothing_to_release(command),
      .after_writes = [enforced](AccountRuntime& account, const Performed& performed) {
        return settle_release(account, performed, enforced->at(account.spec().id));
      }};
  const PlanMaker maker = [enforced, which = command.name](AccountRuntime& account,
                                                           PlanPurpose purpose) {
    return plan_of(account, purpose, which, enforced);
  };
  co_return co_await perform_asked(context, std::move(place), asked, maker);
}

}  // namespace authzd
