// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/configured_setup.hpp"

#include "daemon/cli/chosen_accounts.hpp"
#include "daemon/cli/daemon_call.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "daemon/config/config.hpp"
#include "daemon/net/http_client.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {
namespace {

using Failed = tl::unexpected<SetupFailure>;

/// Why the file cannot be read, and what to do.
std::string unreadable(const std::string& file, const Error& error) {
  if (is_forbidden_file(file)) {
    return "this user may not read the configuration " + printable(file) +
           ": use sudo, or have its mode changed";
  }
  return to_string(error);
}

AccountSetup setup_of(const Config& config,
                      const AccountConfig& account,
                      const CommonOptions& options) {
  AccountSetup setup;
  setup.spec.name = account.name;
  setup.spec.id = account.id;
  setup.spec.labels = account.labels;
  setup.spec.params = account.params;
  setup.spec.paths = account.paths;
  setup.spec.owner = config.owner;
  setup.spec.identities = config.identities;
  setup.spec.mode = options.mode.value_or(account.mode);
  setup.bound = account.mode;
  setup.spec.adopt = options.adopt.value_or(account.adopt);
  setup.spec.rails = account.rails.rules;
  setup.spec.rail_window = account.rails.window;
  setup.spec.approval_ttl = account.rails.approval_ttl;
  setup.spec.longest_gap = std::max(setup.spec.longest_gap, 3 * account.interval);
  setup.spec.approvers = account.rails.approvers;
  setup.spec.previous_owners.insert(config.previous_owners.begin(), config.previous_owners.end());
  setup.spec.allow_empty = account.allow_empty;
  setup.spec.require = config.require;
  setup.spec.remind_before = config.remind_before;
  const auto limits = std::visit([](const auto& source) { return source.limits; }, config.source);
  setup.spec.load_limits.max_total_bytes = limits.bytes;
  setup.spec.load_limits.max_grants = limits.grants;
  setup.spec.allow_empty_account = config.iam.allow_empty_account || options.allow_empty_account;
  setup.spec.settle = config.settle;
  setup.spec.commit_link = config.commits.link;
  setup.spec.tells_grants = !config.admin.listen.empty() && !config.admin.token_file.empty();
  setup.spec.concurrency = config.iam.concurrency;
  setup.spec.policy_limit = config.iam.policy_limit;
  setup.schedule.interval = account.interval;
  setup.credential = Credential(account.auth);
  return setup;
}

Setup setup_of(const Config& config, const CommonOptions& options) {
  Setup setup;
  setup.iam = {
      .endpoint = config.iam.endpoint,
      .resource_controller = config.iam.resource_controller,
      .ca_file = config.iam.ca_file,
      .limits = config.iam.limits,
      .concurrency = config.iam.concurrency,
      .page_size = config.iam.page_size,
      .list_patience = config.iam.list_patience,
      .requests_per_second = static_cast<double>(config.iam.requests_per_second),
      .total_requests_per_second = static_cast<double>(config.iam.total_requests_per_second)};
  setup.source = config.source;
  setup.commit_status = config.commits.status;
  setup.admin = config.admin;
  setup.audit_file = config.audit_file;
  setup.notify = config.notify;
  setup.state_path = config.state_path;
  setup.rollout = config.rollout;
  setup.record_directory = config.record_directory;
  for (const AccountConfig& account : config.accounts) {
    setup.accounts.push_back(setup_of(config, account, options));
  }
  for (const AccountsFrom& from : config.accounts_from) {
    setup.fleet.push_back({from.file, from.profile, setup_of(config, from.common, options)});
  }
  return setup;
}

/// Of what an open account was made of, so that a reload knows whether to make it again. Secrets
/// are read when they are needed; the roots of trust when the client is made.
std::string fingerprint_of(const std::string& configured, const Setup& setup) {
  return sha256_hex(configured + fingerprint_of_roots(setup.iam.ca_file));
}

}  // namespace

tl::expected<Setup, SetupFailure> configured_setup(const std::string& file,
                                                   const CommonOptions& options,
                                                   const Environment& environment,
                                                   const SetupNeeds& needs) {
  auto text = read_configuration(file);
  if (!text) return Failed({ExitCode::invalid, unreadable(file, text.error()), {}});

  const std::string configured = *text;
  const auto credentials = environment.find("CREDENTIALS_DIRECTORY");
  ConfigOutcome loaded =
      load_config({file, std::move(*text)},
                  {credentials == environment.end() ? std::string{} : credentials->second,
                   is_open_to_all,
                   needs.checks_files ? is_missing_file : nullptr});
  std::vector<Diagnostic> diagnostics = std::move(loaded.diagnostics);
  if (has_errors(diagnostics)) {
    return Failed({ExitCode::invalid, "the configuration cannot be used", std::move(diagnostics)});
  }
  if (options.owner) {
    return Failed(
        {ExitCode::usage, "--owner is for a call without a configuration: leave it out", {}});
  }
  Setup setup = setup_of(loaded.config, options);
  setup.config = canonical_path(file);
  setup.socket = loaded.config.admin.socket;
  if (setup.socket.empty()) setup.socket = kDefaultSocket;
  if (setup.config != canonical_path(std::string(kDefaultConfig))) {
    const std::string named = " --config " + shell_word(setup.config);
    for (AccountSetup& account : setup.accounts) account.spec.approve_options = named;
    for (FleetPart& part : setup.fleet) part.common.spec.approve_options = named;
  }
  setup.fingerprint = fingerprint_of(configured, setup);
  setup.warnings = std::move(diagnostics);
  if (!setup.fleet.empty()) return setup;  // once its accounts are known
  if (auto chosen = choose_accounts(setup, options, needs); !chosen) {
    return Failed(std::move(chosen).error());
  }
  return setup;
}

}  // namespace authzd
