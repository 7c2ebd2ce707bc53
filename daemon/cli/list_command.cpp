// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/held_policies.hpp"
#include "daemon/cli/import_text.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cli/reach_words.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/role_look_up.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/export.hpp"
#include "reconciler/report/policy_table.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

std::string text_of(const ListCommand& command,
                    std::span<const Observed> policies,
                    const ListOptions& options) {
  if (command.by_name) return names_text(policies, options);
  if (command.output == ListForm::ibmcloud) return list_text(policies, options);
  const bool is_wide = command.output == ListForm::wide;
  return table_text(policies, options, is_wide ? TableWidth::wide : TableWidth::narrow);
}

/// In a folder of the account; not where its id is all that is known of it, and it is the only one.
/// A name that could be taken for something else than one folder is not used as one.
std::string file_of(const std::string& folder, const AccountSpec& spec, std::size_t accounts) {
  if (accounts == 1 && (spec.name.empty() || spec.name == spec.id.value)) {
    return folder + "/authorizations.yaml";
  }
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  const bool is_plain = !spec.name.empty() && !spec.name.starts_with('.') &&
                        spec.name.find_first_not_of(kPlain) == std::string::npos;
  return folder + "/" + (is_plain ? spec.name : spec.id.value) + "/authorizations.yaml";
}

/// What the last good revision says beyond the policies, as far as there is a state that has it.
boost::asio::awaitable<TextsByName> texts_in_force(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    Timestamp now) {
  const auto good = co_await account.loader().last_good(now);
  co_return good&&* good ? texts_of((*good)->desired) : TextsByName();
}

std::string heading(const AccountSpec& spec) {
  return "Account " + printable(spec.name) + " (" + printable(spec.id.value) + ")\n";
}

/// Between the slices a daemon does other work.
boost::asio::awaitable<void> append_in_slices(
    std::string& json,                   // coroutine-ref: the awaiter's
    std::span<const Observed> policies,  // coroutine-ref: the awaiter's
    const RoleNames& names) {            // coroutine-ref: as above
  constexpr std::size_t kSlice = 100;
  const ListOptions options{.account = {}, .user = {}, .role_names = names};
  while (!policies.empty()) {
    const auto slice = policies.first(std::min(kSlice, policies.size()));
    append_list_json(json, slice, options);
    policies = policies.subspan(slice.size());
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
}

/// IAM forgets the last use of a policy that was deleted and restored. A plan goes by the
/// latest that the state knows, and so does what is shown.
Result<void> recall_uses(const AccountState& state, Observation& observation) {
  const auto uses = state.rails.last_uses();
  if (!uses) return uses.error();
  const auto is_later = [&uses](const Observed& policy) {
    const auto known = uses->find(policy.id);
    return known != uses->end() && policy.last_permit_at.value_or(Timestamp{}) < known->second;
  };
  if (uses->empty() || std::ranges::none_of(observation.policies, is_later)) return {};
  for (Observed& policy : observation.policies.own()) {
    if (is_later(policy)) policy.last_permit_at = uses->at(policy.id);
  }
  return {};
}

}  // namespace

Async<Holding> read_holding(AccountRuntime& account) {  // coroutine-ref: the awaiter's
  auto observation = co_await observe(account.reading_beside());
  if (!observation) co_return std::move(observation).error();
  const auto recalled = recall_uses(std::as_const(account).state(), *observation);
  if (!recalled) co_return recalled.error();
  // As a plan judges it: an IAM that keeps no times for authorizations has none for any.
  observation->is_use_known =
      observation->is_use_known &&
      std::ranges::any_of(observation->policies,
                          [](const Observed& policy) { return policy.last_permit_at.has_value(); });
  std::set<RoleQuery> pairs;
  for (const Observed& policy : observation->policies) {
    pairs.insert(role_query(policy.content.subject, policy.content.resource));
  }
  auto names = co_await look_up_role_names(account.reading_beside(), std::move(pairs));
  if (!names) co_return std::move(names).error();
  if (const auto known = account.state().instances.known()) names->merge(names_of(*known));
  co_return Holding{std::move(*observation), std::move(*names)};
}

Ending run_command(CommandContext context, Workplace place, ListCommand command) {
  (void)correct_service(context, command.filter.source);
  (void)correct_service(context, command.filter.target);
  std::set<ExitCode> codes;
  std::string json;
  std::vector<Observed> all;
  RoleNames names;
  bool first = true;
  const bool names_accounts = place.accounts.size() > 1 && command.output != ListForm::ibmcloud;
  for (const auto& account : place.accounts) {
    auto holding = co_await read_holding(*account);
    if (!holding) {
      codes.insert(fail(context, account->spec(), holding.error()));
      continue;
    }
    tell_of_unreadable(context, account->spec(), *holding);
    std::vector<Observed>& policies = holding->observation.policies.own();
    std::erase_if(policies, [&command](const Observed& policy) {
      return !command.filter.lets_through(policy);
    });
    if (command.output == ListForm::json && !command.by_name) {
      co_await append_in_slices(json, policies, holding->role_names);
      continue;
    }
    if (command.output == ListForm::json) {
      all.insert(all.end(), policies.begin(), policies.end());
      names.merge(holding->role_names);
      continue;
    }
    const ListOptions options{.account = account->spec().id,
                              .user = holding->observation.identity.iam_id.value,
                              .role_names = std::move(holding->role_names),
                              .width = context.console.style.width,
                              .is_use_known = holding->observation.is_use_known};
    context.console.out << (first ? "" : "\n") << (names_accounts ? heading(account->spec()) : "")
                        << text_of(command, policies, options);
    first = false;
  }
  if (command.output == ListForm::json && command.by_name) {
    context.console.out << names_json(all, {.account = {}, .user = {}, .role_names = names});
  } else if (command.output == ListForm::json) {
    end_list_json(json);
    context.console.out << json;
  }
  co_return worst(codes);
}

Ending run_command(CommandContext context, Workplace place, ExportCommand command) {
  std::set<ExitCode> codes;
  if (place.accounts.size() > 1 && !command.to) {
    co_return fail_usage(context,
                         "manifests of several accounts do not belong into one file: name one with "
                         "--account, or a folder for all with --to DIR");
  }
  for (const auto& account : place.accounts) {
    auto holding = co_await read_holding(*account);
    if (!holding) {
      codes.insert(fail(context, account->spec(), holding.error()));
      continue;
    }
    tell_of_unreadable(context, account->spec(), *holding);
    auto texts = co_await texts_in_force(*account, context.clock.now());
    const Export exported = export_manifests(holding->observation.policies,
                                             {.account = account->spec().id,
                                              .owner = account->spec().owner,
                                              .role_names = std::move(holding->role_names),
                                              .services = &known_services(),
                                              .texts = std::move(texts)});
    if (command.to) {
      const std::string file = file_of(*command.to, account->spec(), place.accounts.size());
      const auto written = co_await context.console.write_new_file(file, exported.yaml);
      if (!written) {
        codes.insert(fail(context, account->spec(), written.error()));
        continue;
      }
    } else {
      context.console.out << exported.yaml;
    }
    context.console.err << exported_text(
        account->spec().name, exported, holding->observation.unreadable.size());
  }
  co_return worst(codes);
}

}  // namespace authzd
