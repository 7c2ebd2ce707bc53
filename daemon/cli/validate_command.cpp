// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/files.hpp"
#include "daemon/cli/standing_alone.hpp"
#include "daemon/source/directory_source.hpp"
#include "daemon/source/make_source.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/loader.hpp"

#include <ostream>

namespace authzd {
namespace {

/// Keys need an account; where none is named, every default stands for this one.
const AccountId kAnyAccount{"00000000000000000000000000000000"};

ExitCode show_loaded(const CommandContext& context, const LoadOutcome& loaded, std::size_t files) {
  context.console.err << render(loaded.diagnostics);
  if (has_errors(loaded.diagnostics)) return ExitCode::invalid;
  context.console.out << "Valid: " << count_of(files, "file", "files") << ", "
                      << count_of(loaded.documents, "authorization", "authorizations") << ", "
                      << count_of(loaded.desired.grants.size(), "policy", "policies") << ".\n";
  return ExitCode::done;
}

ExitCode validate_snapshot(const CommandContext& context,
                           const Snapshot& snapshot,
                           const AccountId& account) {
  if (snapshot.files.empty()) {
    context.console.err << "authzd: there is no *.yaml or *.yml to check\n";
    return ExitCode::invalid;
  }
  const LoadOutcome loaded =
      load_manifests(snapshot.files, {.account = account, .now = context.clock.now()});
  return show_loaded(context, loaded, snapshot.files.size());
}

ExitCode validate_fetched(const CommandContext& context,
                          const Result<Fetched>& fetched,
                          const AccountId& account) {
  if (!fetched) return fail(context, fetched.error());
  if (const auto* refused = std::get_if<RefusedRevision>(&*fetched)) {
    return fail(context, refused->why);
  }
  return validate_snapshot(context, std::get<Snapshot>(*fetched), account);
}

bool is_configuration(const std::string& path) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(path, ec)) return false;
  const auto text = read_whole_file(path);
  if (!text) return false;
  for (const std::string_view line : split_lines(*text)) {
    if (line.starts_with("kind:") && trim(line.substr(5)).starts_with("Configuration")) return true;
  }
  return false;
}

ExitCode validate_configuration(CommandContext context, const std::string& path) {
  CommonOptions options = context.options;
  options.config = path;
  const auto setup = make_setup(options, context.environment, {});
  if (!setup) return fail(context, setup.error());
  context.console.err << render(setup->warnings);
  context.console.out << "Valid: " << printable(path) << " configures "
                      << count_of(setup->accounts.size(), "account", "accounts") << ".\n";
  return ExitCode::done;
}

ExitCode validate_paths(const CommandContext& context, const std::vector<std::string>& paths) {
  std::set<ExitCode> codes;
  std::vector<std::string> manifests;
  for (const std::string& path : paths) {
    if (is_configuration(path)) {
      codes.insert(validate_configuration(context, path));
    } else {
      manifests.push_back(path);
    }
  }
  if (!manifests.empty()) {
    const auto& named = context.options.accounts;
    const bool has_account = named.size() == 1 && is_account_id(named.front());
    const AccountId account = has_account ? AccountId{to_lower(named.front())} : kAnyAccount;
    const auto snapshot = read_directory("", manifests);
    codes.insert(snapshot ? validate_snapshot(context, *snapshot, account)
                          : fail(context, snapshot.error()));
  }
  return worst(codes);
}

}  // namespace

Ending run_command(CommandContext context, ValidateCommand command) {
  if (!command.paths.empty()) co_return validate_paths(context, command.paths);
  const SetupNeeds needs{.manifests = true, .mode = false, .key = false};
  const auto setup = prepare(context, needs);
  if (!setup) co_return setup.error();
  const auto source = make_source(context.executor, *setup->source, setup->source_place);
  if (!source) {
    co_return fail(context, source.error());
  }
  std::set<ExitCode> codes;
  for (const AccountSetup& account : setup->accounts) {
    const auto fetched = co_await (*source)->fetch(account.spec.paths, "");
    codes.insert(validate_fetched(context, fetched, account.spec.id));
  }
  co_return worst(codes);
}

}  // namespace authzd
