// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From a command line, the environment and perhaps a configuration file to what a command works on.
#pragma once

#include "daemon/cli/options.hpp"
#include "daemon/cli/process_console.hpp"
#include "daemon/config/config.hpp"
#include "daemon/cycle/account_spec.hpp"
#include "daemon/iam/iam.hpp"
#include "daemon/net/http.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/source/source.hpp"
#include "reconciler/converge/schedule.hpp"
#include "reconciler/manifest/diagnostic.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// How to reach IAM; the same for all accounts.
struct IamSetup {
  BaseUrl endpoint;
  BaseUrl resource_controller;
  std::string ca_file;
  HttpLimits limits;
  std::size_t concurrency = kDefaultConcurrency;
  std::size_t page_size = 100;          // of a list; 0: all in one reply
  Milliseconds list_patience{120'000};  // with a whole list
  double requests_per_second = kRequestsPerSecond;
  double total_requests_per_second = kTotalRequestsPerSecond;
  ProxySettings proxies = {};
};

struct AccountSetup {
  AccountSpec spec;
  std::string fingerprint = {};  // of what is not in the configuration's text; empty: nothing is
  Mode bound = Mode::sync;  // what the configuration allows: an option of a call may ask for less
  Schedule schedule;
  Credential credential;
};

/// Accounts that a file of the source names, or that IAM shows.
struct FleetPart {
  std::string file = {};     // in the source; empty: by discovery
  std::string profile = {};  // the name of the trusted profile to look for
  AccountSetup common = {};  // what each of them starts with
};

struct Setup {
  IamSetup iam;
  std::optional<SourceConfig> source;  // none where a command reads no manifests
  SourcePlace source_place = {};       // without a directory a copy of a repository does not stay
  std::shared_ptr<Source> opened_source = {};  // of `source`, where one is open already
  std::vector<AccountSetup> accounts;          // at least one, once `fleet` is resolved
  std::vector<FleetPart> fleet = {};
  RolloutRules rollout = {};         // without waves: each revision is for all accounts at once
  std::vector<Diagnostic> warnings;  // of the configuration
  std::string config = {};           // canonical path of it; empty: there is none
  std::string socket = {};           // where its daemon is reached
  AdminConfig admin = {};            // its TCP listener
  std::string audit_file = {};       // empty: the journal alone
  std::vector<NotifyTarget> notify = {};
  CommitStatusConfig commit_status = {};
  std::string record_directory = {};  // of traces; empty: none are kept
  std::string state_path = {};        // of the daemon's state; empty without a configuration
  std::string fingerprint = {};       // of all that the configuration says
};

/// What a command needs beyond an account and a key.
struct SetupNeeds {
  bool manifests = false;
  bool mode = false;
  bool key = true;
  bool alone = true;            // it needs no configuration
  bool may_lack_fleet = false;  // accounts that a file or IAM shows may come later
  bool checks_files = false;    // warns of secret files that are not there; else their use does
};

/// Why there is no setup: one error, or all that is wrong with the configuration.
struct SetupFailure {
  ExitCode code = ExitCode::usage;
  std::string message;
  std::vector<Diagnostic> diagnostics;
};

/// The first of what is wrong, in one line: for a log.
Error to_error(const SetupFailure& failure);

/// `validate` and other commands that never write need no mode: they plan as `sync` would.
tl::expected<Setup, SetupFailure> make_setup(const CommonOptions& options,
                                             const Environment& environment,
                                             const SetupNeeds& needs);

}  // namespace authzd
