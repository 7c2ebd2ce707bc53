// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A command that stands alone: it opens its accounts for this one call, with the identity that the
// configuration or the environment names.
#pragma once

#include "daemon/cli/command_row.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/fleet_book.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/iam/list_pages.hpp"
#include "daemon/iam/pace.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/record/trace_recorder.hpp"
#include "daemon/service/rollout_keeper.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace authzd {

/// The setup of a command; what is wrong with it, and its warnings, go to standard error.
tl::expected<Setup, ExitCode> prepare(const CommandContext& context, const SetupNeeds& needs);

/// What all accounts of a process share on their way to IAM, also those that a reload opens.
struct SharedAccess {
  explicit SharedAccess(Clock& clock) : pace(clock) {}

  std::shared_ptr<ConnectionPools> pools = std::make_shared<ConnectionPools>();
  SharedPace pace;
  std::shared_ptr<ListRoom> lists = std::make_shared<ListRoom>(kMostPoliciesKept);
  std::shared_ptr<ListRoom> grants = std::make_shared<ListRoom>(kMostGrantsKept);
  std::shared_ptr<ParsedFiles> parsed = std::make_shared<ParsedFiles>();
  std::shared_ptr<RolloutKeeper> rollout = {};  // null: a call that rolls nothing out
  std::shared_ptr<SelectorBook> selectors = std::make_shared<SelectorBook>();
};

/// How the accounts of a setup are opened. All of it must outlive the opener.
struct Opening {
  const CommandContext& context;
  const Setup& setup;
  AccountAccess access;
  const std::optional<std::string>& against;  // the text of a saved list, which replaces IAM
  const std::shared_ptr<Database>& state;     // null: each account gets one that ends with it
  SharedAccess& shared;
};

/// Opens the accounts one at a time, so that a daemon with thousands can let others in between.
class AccountOpener {
 public:
  /// Errors: those of the source.
  static Result<std::shared_ptr<AccountOpener>> make(Opening opening);

  [[nodiscard]] std::size_t count() const { return opening_.setup.accounts.size(); }

  /// The account of that number. Warnings about a saved list go to standard error.
  Result<std::shared_ptr<AccountRuntime>> open(std::size_t number);

 private:
  AccountOpener(Opening opening, std::shared_ptr<Source> source);

  Result<void> take_saved(const AccountSetup& account, AccountParts& parts);

  Opening opening_;
  std::shared_ptr<Source> source_;  // one for all accounts; null where no manifests are read
  std::shared_ptr<TraceRecorder> recorder_;
  std::shared_ptr<WriteObserver> audit_;
};

/// Opens every account of a setup, as AccountOpener.
Result<Accounts> open_accounts(const CommandContext& context,
                               const Setup& setup,
                               AccountAccess access,
                               const std::optional<std::string>& against,
                               const std::shared_ptr<Database>& state,
                               SharedAccess& shared);

/// Asks IAM for the accounts where a trusted profile may be assumed. All must outlive the result.
FleetBook::Discover make_discover(const CommandContext& context,
                                  const IamSetup& iam,
                                  SharedAccess& shared);

/// Gives the setup the accounts of its fleet, and leaves those that the call means. A code: it
/// failed, and the reason was shown.
boost::asio::awaitable<std::optional<ExitCode>> join_fleet(
    CommandContext context,
    FleetBook& book,  // coroutine-ref: the awaiter's
    Setup& setup,     // coroutine-ref: the awaiter's
    SetupNeeds needs);

Error no_accounts();

/// The state that --state names; null where it names none. Errors: as Database::open.
Result<std::shared_ptr<Database>> named_state(const CommonOptions& options);

/// `validate --online`. `paths`: the configuration, where the command line names it without
/// --config.
Ending check_online(CommandContext context, std::vector<std::string> paths);

/// Performs a command that works on accounts, on those of its own setup.
Ending run_alone(CommandContext context, Invocation invocation);

/// The same call with other options, which must outlive the result.
CommandContext with_options(const CommandContext& context, const CommonOptions& options);

}  // namespace authzd
