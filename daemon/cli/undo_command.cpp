// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_plan.hpp"
#include "daemon/cli/run_search.hpp"
#include "daemon/run/undo.hpp"
#include "reconciler/base/text.hpp"

#include <memory>

namespace authzd {
namespace {

/// The plan, and aside the pins that go with it.
Async<Planned> plan_of(AccountRuntime& account,  // coroutine-ref: the awaiter's
                       RunDetail past,
                       std::shared_ptr<UndoPins> pins) {
  auto undo = co_await plan_undo(account, std::move(past));
  if (!undo) co_return std::move(undo).error();
  *pins = std::move(undo->pins);
  co_return std::move(undo->planned);
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, UndoCommand command) {
  auto found = find_run(context, place, command.run);
  if (!found) co_return found.error();
  place.accounts = {found->account};

  const auto pins = std::make_shared<UndoPins>();
  const AskedPlan asked{
      .kind = RunKind::undo,
      .question =
          "Undo this run so? It approves the rails that count, and pins these keys: authzd leaves "
          "them alone until their manifests change, or until 'authzd unpin'.",
      .yes = command.yes,
      .output = command.output,
      .nothing = {ErrorCode::conflict,
                  "nothing of run " + printable(found->detail.run.start.id) +
                      " is left to undo: it was undone, or it wrote nothing"},
      .before_write = [pins](AccountRuntime& account) { return put_pins(account, *pins); },
      .after_writes =
          [pins](AccountRuntime& account, const Performed& performed) {
            return settle_pins(account, *pins, performed);
          }};
  const PlanMaker maker = [pins, past = std::move(found->detail)](AccountRuntime& account) {
    return plan_of(account, past, pins);
  };
  co_return co_await perform_asked(context, std::move(place), asked, maker);
}

}  // namespace authzd
