// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/status/rollout_report.hpp"
#include "reconciler/base/text.hpp"

#include <ostream>
#include <string>

namespace authzd {
namespace {

Error no_waves() {
  return {ErrorCode::rejected,
          "the configuration has no rollout.waves: each revision is for all accounts at once"};
}

std::string word_of(const RolloutCommand& command) {
  switch (command.verb) {
    case RolloutVerb::status: return "status";
    case RolloutVerb::pause: return "pause";
    case RolloutVerb::resume: return "resume";
    case RolloutVerb::promote: return command.is_urgent ? "promote --urgent" : "promote";
  }
  return {};
}

Result<void> change(RolloutKeeper& keeper,
                    const RolloutCommand& command,
                    const std::string& who,
                    const TrustedTime& time) {
  switch (command.verb) {
    case RolloutVerb::status: return {};
    case RolloutVerb::pause: return keeper.pause(who, time);
    case RolloutVerb::resume: return keeper.resume(who, time);
    case RolloutVerb::promote:
      return keeper.promote(command.revision, command.is_urgent, who, time);
  }
  return {};
}

/// It counts, whatever the audit log takes; who cannot write there must hear of it.
Result<void> tell_audit(const CommandContext& context,
                        const Workplace& place,
                        const RolloutCommand& command,
                        const RolloutView& view,
                        Timestamp at) {
  const AccountRuntime& any = *place.accounts.front();  // all have the same log
  AuditRollout said;
  said.at = at;
  said.owner = any.spec().owner;
  said.who = context.who;
  said.login_uid = context.login_uid;
  said.what = word_of(command);
  said.revision = view.revision;
  for (const auto& observer : any.observers()) {
    if (auto told = observer->rolled_out(said); !told) {
      return std::move(told).error().context("it counts, and is not in the audit log");
    }
  }
  return {};
}

std::string done_text(const RolloutCommand& command, const RolloutView& view) {
  const std::string revision = printable(view.revision);
  switch (command.verb) {
    case RolloutVerb::status: return {};
    case RolloutVerb::pause:
      return "Paused: no further account takes a revision until `authzd rollout resume`.\n";
    case RolloutVerb::resume: return "Resumed.\n";
    case RolloutVerb::promote: break;
  }
  if (command.is_urgent) {
    return "Urgent: each account carries out now what narrows or deletes in " + revision +
           "; what gives access waits for its wave.\n";
  }
  return "Promoted: each account takes " + revision + " now. Rails hold as ever.\n";
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, RolloutCommand command) {
  RolloutKeeper* keeper = place.daemon == nullptr ? nullptr : place.daemon->rollout();
  const bool has_waves = keeper != nullptr && keeper->has_waves();
  const bool asks_only = command.verb == RolloutVerb::status;
  if (!has_waves && (!asks_only || command.output == OutputForm::text)) {
    co_return fail(context, no_waves());
  }
  Result<void> done;
  if (has_waves) done = change(*keeper, command, context.who, time_of(*place.daemon));
  if (!done) {
    co_return fail(context, done.error());
  }
  auto view = rollout_view(*place.daemon);
  if (!view) {
    co_return fail(context, view.error());
  }
  if (!asks_only) {
    context.console.out << done_text(command, **view);
    const Timestamp at = time_of(*place.daemon).now;
    if (const auto told = tell_audit(context, place, command, **view, at); !told) {
      co_return fail(context, told.error());
    }
    co_return ExitCode::done;
  }
  context.console.out << (command.output == OutputForm::json
                              ? rollout_document(*view)
                              : rollout_text(**view, context.console.style));
  co_return ExitCode::done;
}

}  // namespace authzd
