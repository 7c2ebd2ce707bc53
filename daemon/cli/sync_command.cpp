// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/net/deadline.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/outcome_text.hpp"

#include <ostream>

namespace authzd {
namespace {

using Asked = std::pair<std::shared_ptr<AccountRuntime>, std::shared_ptr<CycleWait>>;

/// All at once, so that no account's cycle waits for another's.
std::vector<Asked> ask_for_cycles(const Workplace& place) {
  std::vector<Asked> asked;
  for (const auto& account : place.accounts) {
    asked.emplace_back(account, place.daemon->ask_for_cycle(account->spec().id.value));
  }
  return asked;
}

/// The plan and its result, as `apply` shows them.
void show(const CommandContext& context, const AccountRuntime& account, const CycleEnd& end) {
  const AccountSpec& spec = account.spec();
  if (end.error) fail(context, spec, *end.error);
  if (end.refusal) show_refusal(context, spec, *end.refusal);
  if (!end.performed) return;
  const Performed& performed = *end.performed;
  const CopiedCommands copied = copied_commands(context.options, std::vector<std::string>());
  const TextOptions options = text_options(spec, performed.planned, copied, context.console.style);
  std::ostream& out = context.console.out;
  out << plan_text(performed.planned.plan, options);
  if (end.suspension) {
    out << "\nNothing was written: suspended by " << printable(end.suspension->who)
        << ". 'authzd resume" << (end.suspension->account ? " " + printable(spec.name) : "")
        << "' ends that.\n";
  } else if (!performed.outcomes.empty()) {
    out << '\n' << outcome_text(performed.planned.plan, performed.outcomes, options);
  }
}

boost::asio::awaitable<std::set<ExitCode>> show_end(CommandContext context,
                                                    Asked asked,
                                                    std::chrono::milliseconds limit,
                                                    std::chrono::milliseconds given) {
  const auto& [account, wait] = asked;
  if (wait == nullptr) {
    const Error gone{ErrorCode::not_found, "it was removed from the configuration"};
    co_return std::set{fail(context, account->spec(), gone)};
  }
  if (context.console.can_ask) {
    context.console.err << "Waiting for the cycle of account " << printable(account->spec().name)
                        << ", " << to_string(std::chrono::ceil<std::chrono::seconds>(limit))
                        << " at most.\n"
                        << std::flush;
  }
  auto ending = wait->end();
  const auto end = co_await with_deadline(std::move(ending), limit, "waiting for its cycle");
  if (!end && end.error().code == ErrorCode::timeout) {
    const Error late{ErrorCode::timeout,
                     "its cycle has not ended within --timeout (" + to_string(given) +
                         "), and continues; 'authzd status' shows its result"};
    co_return std::set{fail(context, account->spec(), late)};
  }
  if (!end) {
    co_return std::set{fail(context, account->spec(), end.error())};
  }
  show(context, *account, **end);
  co_return exit_codes(**end);
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, SyncCommand command) {
  const auto asked = ask_for_cycles(place);
  if (!command.wait) {
    for (const auto& account : place.accounts) {
      context.console.out << "A cycle of account " << printable(account->spec().name)
                          << " starts as soon as one may (at most one every 5s).\n";
    }
    context.console.out << "'authzd status' shows how it went; --wait waits for it.\n";
    co_return ExitCode::done;
  }
  const auto began = context.clock.ticks();
  std::set<ExitCode> codes;
  bool is_first = true;
  for (const Asked& one : asked) {
    if (!std::exchange(is_first, false)) context.console.out << '\n';
    const auto spent =
        std::chrono::duration_cast<std::chrono::milliseconds>(context.clock.ticks() - began);
    const auto left = std::max(command.timeout - spent, std::chrono::milliseconds(0));
    codes.merge(co_await show_end(context, one, left, command.timeout));
    context.console.out << std::flush;
  }
  co_return worst(codes);
}

}  // namespace authzd
