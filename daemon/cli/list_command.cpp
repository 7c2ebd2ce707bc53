// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/import_text.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/role_look_up.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/report/export.hpp"
#include "reconciler/report/policy_list.hpp"

#include <ostream>

namespace authzd {
namespace {

/// What an account holds, and the names of its roles as far as IAM tells them.
struct Holding {
  Observation observation;
  RoleNames role_names;
};

Async<Holding> read_account(AccountRuntime& account) {  // coroutine-ref: the awaiter's
  auto observation = co_await observe(account.reading_beside());
  if (!observation) co_return std::move(observation).error();
  std::set<RoleQuery> pairs;
  for (const Observed& policy : observation->policies) {
    pairs.insert(role_query(policy.content.subject, policy.content.resource));
  }
  auto names = co_await look_up_role_names(account.reading_beside(), std::move(pairs));
  if (!names) co_return std::move(names).error();
  if (const auto known = account.state().instances.known()) names->merge(names_of(*known));
  co_return Holding{std::move(*observation), std::move(*names)};
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ListCommand command) {
  std::set<ExitCode> codes;
  std::vector<Observed> all;
  RoleNames names;
  bool first = true;
  for (const auto& account : place.accounts) {
    auto holding = co_await read_account(*account);
    if (!holding) {
      codes.insert(fail(context, account->spec(), holding.error()));
      continue;
    }
    std::vector<Observed>& policies = holding->observation.policies.own();
    if (!command.owner.empty()) {
      std::erase_if(policies, [&command](const Observed& policy) {
        const auto marker = parse_description(policy.content.description).marker;
        return !marker || marker->owner != command.owner;
      });
    }
    if (command.output == OutputForm::json) {
      all.insert(all.end(), policies.begin(), policies.end());
      names.merge(holding->role_names);
      continue;
    }
    const ListOptions options{.account = account->spec().id,
                              .user = holding->observation.identity.iam_id.value,
                              .role_names = std::move(holding->role_names)};
    context.console.out << (first ? "" : "\n")
                        << (command.by_name ? names_text(policies, options)
                                            : list_text(policies, options));
    first = false;
  }
  if (command.output == OutputForm::json) {
    const ListOptions options{.account = {}, .user = {}, .role_names = names};
    context.console.out << (command.by_name ? names_json(all, options) : list_json(all, options));
  }
  co_return worst(codes);
}

Ending run_command(CommandContext context, Workplace place, ExportCommand) {
  std::set<ExitCode> codes;
  for (const auto& account : place.accounts) {
    auto holding = co_await read_account(*account);
    if (!holding) {
      codes.insert(fail(context, account->spec(), holding.error()));
      continue;
    }
    const Export exported = export_manifests(holding->observation.policies,
                                             {.account = account->spec().id,
                                              .owner = account->spec().owner,
                                              .role_names = std::move(holding->role_names),
                                              .services = &known_services()});
    context.console.out << exported.yaml;
    context.console.err << exported_text(account->spec().name, exported);
  }
  co_return worst(codes);
}

}  // namespace authzd
