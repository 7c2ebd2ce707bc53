// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "daemon/cli/import_text.hpp"
#include "daemon/cli/new_files.hpp"
#include "daemon/iam/offline_list.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "daemon/source/directory_reader.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/import/kms_twins.hpp"
#include "reconciler/import/terraform_import.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/report/export.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <ostream>
#include <set>

namespace authzd {
namespace {

constexpr std::string_view kRemovedFile = "removed.tf";

/// If no account is given, the defaults of a manifest mean this one.

/// What is asked for makes no sense: how it would.
Error bad_usage(std::string message) {
  return {ErrorCode::invalid_config, std::move(message)};
}

ExitCode refuse(const CommandContext& context, const Error& error) {
  fail(context, error);
  return ExitCode::usage;
}

Result<std::string> read_input(const ImportCommand& command) {
  const std::string& name = command.files.front();
  if (name == kStandardInput) return read_standard_input(kMaxStateBytes);
  return read_whole_file(name, kMaxStateBytes);
}

/// The id that --account gives; empty: none. Errors: it is no id.
Result<AccountId> named_account(const CommonOptions& options) {
  if (options.accounts.empty()) return AccountId{};
  const std::string& id = options.accounts.front();
  if (options.accounts.size() > 1 || !is_account_id(id)) {
    return bad_usage("--account takes one account's id here, of 32 hex digits");
  }
  return AccountId{to_lower(id)};
}

ExitCode import_state(const CommandContext& context,
                      const ImportCommand& command,
                      const AccountId& account) {
  const auto text = read_input(command);
  if (!text) return fail(context, text.error());
  const auto state = read_terraform_state(*text);
  if (!state) return fail(context, state.error());
  const TerraformImport made = import_terraform(
      *state, {.account = account, .group_by = command.group_by, .services = &known_services()});
  const ImportReport report{
      .state = *state, .made = made, .folder = command.to, .owner = context.options.owner};
  if (!made.refusals.empty() || state->policies.empty()) {
    context.console.err << refusal_text(report);
    return ExitCode::invalid;
  }
  if (!command.to) {
    for (const auto& [file, yaml] : made.manifests) context.console.out << yaml;
    context.console.err << report_text(report);
    return ExitCode::done;
  }
  std::map<std::string, std::string> files = made.manifests;
  if (!made.removed.empty()) files[std::string(kRemovedFile)] = made.removed;
  if (!files.empty()) {
    const auto done = write_new_files(*command.to, files);
    if (!done) return fail(context, done.error());
  }
  context.console.out << report_text(report);
  return ExitCode::done;
}

/// The account of the targets, which all policies of an account name.
AccountId account_of(const std::vector<Observed>& policies) {
  std::set<std::string> named;
  for (const Observed& policy : policies) {
    named.emplace(policy.content.resource.equals_value("accountId"));
  }
  named.erase("");
  return named.size() == 1 ? AccountId{*named.begin()} : AccountId{};
}

/// A list, a page of the API, or the one policy that a create prints.
Result<SavedList> parse_policies(const std::string& text) {
  auto list = parse_saved_list(text);
  if (list || !trim(text).starts_with('{')) return list;
  auto one = parse_saved_list("[" + text + "]");
  return one ? std::move(one) : std::move(list);
}

ExitCode import_list(const CommandContext& context,
                     const ImportCommand& command,
                     AccountId account) {
  const auto text = read_input(command);
  if (!text) return fail(context, text.error());
  const auto list = parse_policies(*text);
  if (!list) return fail(context, list.error());
  for (const std::string& warning : list->warnings) {
    context.console.err << "authzd: " << warning << '\n';
  }
  if (account.empty()) account = account_of(list->policies);
  if (account.empty() && !list->policies.empty()) {
    return fail(context, bad_usage("the policies do not name one account: name it with --account"));
  }
  RoleNames names;
  for (const Observed& policy : list->policies) {
    const RoleQuery pair = role_query(policy.content.subject, policy.content.resource);
    const RoleTable table = offline_roles(list->policies, pair);
    for (const auto* group : {&table.service, &table.system, &table.custom}) {
      for (const Role& role : *group) names.emplace(role.crn, role.display_name);
    }
  }
  const Export exported = export_manifests(list->policies,
                                           {.account = account,
                                            .owner = context.options.owner.value_or(""),
                                            .role_names = std::move(names),
                                            .services = &known_services()});
  context.console.out << exported.yaml;
  context.console.err << exported_text(account.value, exported);
  return ExitCode::done;
}

/// "kms:GUID" → GUID; nothing where it is not of that service. Without ":GUID" it is empty.
std::optional<std::string> instance_of(std::string_view text, std::string_view service) {
  if (!text.starts_with(service)) return std::nullopt;
  text.remove_prefix(service.size());
  if (text.empty()) return std::string();
  if (!text.starts_with(':') || !is_guid(text.substr(1))) return std::nullopt;
  return to_lower(text.substr(1));
}

Result<TwinRequest> pair_of(const CommandContext& context, const ImportCommand& command) {
  const auto from = instance_of(command.pair_from.value_or(""), "hs-crypto");
  if (!from) return bad_usage("import pair needs --from hs-crypto, or --from hs-crypto:GUID");
  const auto to = instance_of(command.to.value_or(""), "kms");
  if (!to || to->empty()) {
    return bad_usage(
        "import pair needs --to kms:GUID, the instance of Key Protect that the keys go to");
  }
  using std::chrono::days;
  const auto end = std::chrono::floor<days>(context.clock.now()) + days(31);
  return TwinRequest{.from_instance = *from, .to_instance = *to, .end = Timestamp(end)};
}

Result<std::vector<SourceFile>> read_manifests(const CommandContext& context,
                                               const ImportCommand& command) {
  std::vector<std::string> paths = command.files;
  if (context.options.manifests) paths.push_back(*context.options.manifests);
  std::map<std::string, SourceFile> files;  // by name, so that each is there once
  for (const std::string& path : paths) {
    auto reading = read_directory(path, {"."});
    if (!reading) return std::move(reading).error();
    for (SourceFile& file : reading->snapshot.files) files.emplace(file.name, std::move(file));
  }
  std::vector<SourceFile> all;
  for (auto& [name, file] : files) all.push_back(std::move(file));
  return all;
}

ExitCode import_pair(const CommandContext& context,
                     const ImportCommand& command,
                     const AccountId& account) {
  const auto request = pair_of(context, command);
  if (!request) return refuse(context, request.error());
  const auto files = read_manifests(context, command);
  if (!files) return fail(context, files.error());
  const LoadOptions options{.account = account.empty() ? kAnyAccount : account,
                            .now = context.clock.now(),
                            .services = {.names = &known_services(), .warns_of_unknown = true}};
  const LoadOutcome loaded = load_manifests(*files, options);
  context.console.err << render(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return ExitCode::invalid;
  if (loaded.depends_on_traits) {
    return fail(context,
                Error{ErrorCode::invalid_config,
                      "the manifests have parameters (${params.NAME}) or metadata.accounts, whose "
                      "meaning differs by account: write the twins of these by hand, and pair the "
                      "other files"});
  }
  const Twins twins = kms_twins(loaded.desired, *request);
  context.console.out << twins.yaml;
  context.console.err << twins_text(twins);
  return ExitCode::done;
}

}  // namespace

Ending run_command(CommandContext context, ImportCommand command) {
  const auto account = named_account(context.options);
  if (!account) co_return refuse(context, account.error());
  if (command.from == ImportFrom::pair) {
    const bool has_files = !command.files.empty() || context.options.manifests;
    if (has_files) co_return import_pair(context, command, *account);
    co_return refuse(context, bad_usage("import pair needs --manifests PATH, or files"));
  }
  if (command.files.size() != 1) {
    co_return refuse(context, bad_usage("one FILE is needed, or - for standard input"));
  }
  if (command.from == ImportFrom::tfstate) co_return import_state(context, command, *account);
  co_return import_list(context, command, *account);
}

}  // namespace authzd
