// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/chosen_accounts.hpp"
#include "daemon/cli/files.hpp"
#include "daemon/cli/fleet_book.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/cli/validation.hpp"
#include "daemon/source/directory_reader.hpp"
#include "daemon/source/source.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace authzd {
namespace {

void validate_configuration(const CommandContext& context,
                            const std::string& path,
                            Validation& validation) {
  CommonOptions options = context.options;
  options.config = path;
  const auto setup = make_setup(options, context.environment, {.checks_files = true});
  CheckedConfiguration checked{path, {}, setup.has_value()};
  if (!setup) {
    validation.add_configuration(std::move(checked), setup.error().diagnostics);
    validation.add_failure(setup.error().message, setup.error().code);
    return;
  }
  for (const AccountSetup& account : setup->accounts) checked.accounts.push_back(account.spec.name);
  validation.add_configuration(std::move(checked), setup->warnings);
}

/// As they are now: to check is not to take, so nothing waits until they are quiet.
Result<Snapshot> read_all(const std::vector<std::string>& paths) {
  Snapshot all;
  for (const std::string& path : paths) {
    if (path == kStandardInput) {
      auto text = read_standard_input(LoadLimits{}.max_total_bytes);
      if (!text) return std::move(text).error();
      all.files.push_back({"<stdin>", std::move(*text)});
      continue;
    }
    auto reading = read_directory(path, {"."});
    if (!reading) return std::move(reading).error();
    std::ranges::move(reading->snapshot.files, std::back_inserter(all.files));
    std::ranges::move(reading->snapshot.ignored, std::back_inserter(all.ignored));
  }
  std::ranges::sort(all.files, {}, &SourceFile::name);
  const auto same = [](const SourceFile& a, const SourceFile& b) { return a.name == b.name; };
  all.files.erase(std::unique(all.files.begin(), all.files.end(), same), all.files.end());
  return all;
}

void validate_paths(const CommandContext& context,
                    const ValidateCommand& command,
                    Validation& validation) {
  std::vector<std::string> manifests;
  for (const std::string& path : command.paths) {
    if (path != kStandardInput && is_configuration(path)) {
      validate_configuration(context, path, validation);
    } else {
      manifests.push_back(path);
    }
  }
  if (manifests.empty()) return;
  const auto& named = context.options.accounts;
  const bool has_account = named.size() == 1 && is_account_id(named.front());
  const AccountId account = has_account ? AccountId{to_lower(named.front())} : kAnyAccount;
  const auto snapshot = read_all(manifests);
  if (!snapshot) return validation.add(snapshot.error(), "");
  validation.check(*snapshot, {.account = account, .may_be_empty = command.allow_empty});
}

/// One account needs no name: it is the one that was meant.
std::string shown_name(const Setup& setup, const AccountSetup& account) {
  return setup.accounts.size() > 1 ? account.spec.name : std::string();
}

/// The accounts that files name. False: nothing can be checked.
boost::asio::awaitable<bool> add_fleet(CommandContext context,
                                       Setup& setup,  // coroutine-ref: the awaiter's
                                       std::shared_ptr<Source> source,
                                       SetupNeeds needs,
                                       Validation& validation) {  // coroutine-ref: the awaiter's
  const bool is_discovered =
      std::ranges::any_of(setup.fleet, [](const FleetPart& part) { return part.file.empty(); });
  if (is_discovered) {
    const Diagnostic note{Severity::warning,
                          {},
                          "accounts that IAM shows (accounts.discover) are not checked here",
                          "'authzd plan' asks IAM which they are"};
    validation.add_warnings(std::span(&note, 1));
  }
  const auto look = co_await add_offline_accounts(setup, std::move(source));
  if (!look) {
    validation.add(look.error(), "");
    co_return false;
  }
  validation.add_warnings(look->diagnostics);
  for (const Error& failure : look->failures) validation.add(failure, "");
  if (!look->failures.empty()) co_return false;
  const auto chosen = choose_accounts(setup, context.options, needs);
  if (!chosen) validation.add_failure(chosen.error().message, chosen.error().code);
  co_return chosen.has_value();
}

/// A checkout, whose files are checked in place of what the source of the configuration has.
std::optional<std::string> folder_of_configured(const CommandContext& context,
                                                const ValidateCommand& command) {
  std::error_code ec;
  const bool is_one = context.options.config && command.paths.size() == 1 &&
                      std::filesystem::is_directory(command.paths.front(), ec);
  if (!is_one) return std::nullopt;
  return command.paths.front();
}

}  // namespace

bool is_configuration(const std::string& path) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(path, ec)) return false;
  const auto text = read_whole_file(path, kMostConfigurationBytes);
  if (!text) return false;
  for (const std::string_view line : split_lines(*text)) {
    if (line.starts_with("kind:") && trim(line.substr(5)).starts_with("Configuration")) return true;
  }
  return false;
}

Ending run_command(CommandContext context, ValidateCommand command) {
  Validation validation(context, command.output);
  const auto folder = folder_of_configured(context, command);
  if (!command.paths.empty() && !folder) {
    validate_paths(context, command, validation);
    co_return validation.finish();
  }
  const SetupNeeds needs{
      .manifests = true, .mode = false, .key = false, .alone = false, .checks_files = true};
  auto setup = make_setup(context.options, context.environment, needs);
  if (!setup) {
    validation.add_configuration({context.options.config.value_or(""), {}, false},
                                 setup.error().diagnostics);
    validation.add_failure(setup.error().message, setup.error().code);
    co_return validation.finish();
  }
  validation.add_warnings(setup->warnings);
  if (folder) setup->source = DirectorySourceConfig{*folder, Milliseconds{0}};
  const auto source =
      make_source(context.executor, context.clock, *setup->source, setup->source_place);
  if (!source) {
    validation.add(source.error(), "");
    co_return validation.finish();
  }
  if (!setup->fleet.empty() && !co_await add_fleet(context, *setup, *source, needs, validation)) {
    co_return validation.finish();
  }
  for (const AccountSetup& account : setup->accounts) {
    const AccountSpec& spec = account.spec;
    if (spec.is_removed) continue;
    const std::string name = shown_name(*setup, account);
    const auto fetched = co_await (*source)->fetch(spec.paths, "");
    if (!fetched) {
      validation.add(fetched.error(), name);
    } else if (const auto* refused = std::get_if<RefusedRevision>(&*fetched)) {
      validation.add(refused->why, name);
    } else {
      const bool may_be_empty = command.allow_empty || spec.allow_empty;
      const ManifestCheck check{.name = name,
                                .account = spec.id,
                                .limits = spec.load_limits,
                                .may_be_empty = may_be_empty,
                                .require = spec.require,
                                .traits = AccountTraits{spec.name, spec.labels, spec.params}};
      const auto& snapshot = std::get<Snapshot>(*fetched);
      if (const auto* git = std::get_if<GitSourceConfig>(&*setup->source)) {
        validation.say_where(snapshot.revision, git->ref);
      }
      validation.check(snapshot, check);
    }
  }
  co_return validation.finish();
}

}  // namespace authzd
