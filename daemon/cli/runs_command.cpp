// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/run_report.hpp"
#include "daemon/cli/run_search.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/role_look_up.hpp"
#include "reconciler/base/text.hpp"

#include <ostream>

namespace authzd {

tl::expected<FoundRun, ExitCode> find_run(const CommandContext& context,
                                          const Workplace& place,
                                          const std::string& id) {
  std::optional<FoundRun> found;
  for (const auto& account : place.accounts) {
    auto run = account->state().runs.find(id);
    if (!run && run.error().code == ErrorCode::not_found) continue;
    if (!run) return tl::unexpected(fail(context, account->spec(), run.error()));
    if (found) {
      return tl::unexpected(fail_usage(context,
                                       "runs of several accounts begin with " + printable(id) +
                                           ": give more of it, or --account"));
    }
    found = FoundRun{account, std::move(*run)};
  }
  if (found) return std::move(*found);
  const Error none{ErrorCode::not_found,
                   "no run begins with " + printable(id) + "; 'authzd runs' lists them"};
  return tl::unexpected(fail(context, none));
}

Ending run_command(CommandContext context, Workplace place, RunsCommand command) {
  std::set<ExitCode> codes;
  std::vector<AccountRuns> all;
  for (const auto& account : place.accounts) {
    auto runs = account->state().runs.last(command.count);
    if (!runs) {
      codes.insert(fail(context, account->spec(), runs.error()));
      continue;
    }
    all.push_back({account->spec().name, account->spec().id, std::move(*runs)});
  }
  const bool json = command.output == OutputForm::json;
  const std::size_t width = context.console.style.width;
  context.console.out << (json ? runs_json(all) : runs_text(all, context.clock.now(), width));
  co_return worst(codes);
}

Ending run_command(CommandContext context, Workplace place, ShowCommand command) {
  auto found = find_run(context, place, command.run);
  if (!found) co_return found.error();
  const AccountSpec& spec = found->account->spec();
  AccountRun run{spec.name, spec.id, std::move(found->detail)};
  run.commit = commit_of(*found->account, run.detail.run.start.revision);
  run.role_names = names_told_to(run.detail);
  add_known_names(found->account->reader(), run.detail, run.role_names);
  if (const auto known = found->account->state().instances.known()) {
    run.role_names.merge(names_of(*known));
  }
  const auto people = found->account->state().approvals.people_by_pass();
  if (!people) co_return fail(context, spec, people.error());
  for (const RecordedAction& recorded : run.detail.actions) {
    run.approved_by.push_back(approvers_of(*people, spec.id, recorded.action));
  }
  const bool json = command.output == OutputForm::json;
  context.console.out
      << (json ? run_json(run)
               : run_text(run, context.clock.now(), context.console.style, command.detail));
  co_return ExitCode::done;
}

}  // namespace authzd
