// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The configuration (design §4) as a value. It is read from text with the diagnostics of manifests;
// nothing here opens a file, reads the environment or holds a secret: secrets are file references.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/config/notify_config.hpp"
#include "daemon/net/http.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/requirements.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/model/account_traits.hpp"
#include "reconciler/plan/due_dates.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/rails/rail_rules.hpp"
#include "reconciler/rollout/waves.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace authzd {

using Milliseconds = std::chrono::milliseconds;

/// How an account gets its tokens. Paths are absolute, or relative to the working directory.
struct ApiKeyAuth {
  std::string file;
  bool operator==(const ApiKeyAuth&) const = default;
};
struct VpcInstanceAuth {
  std::string profile;  // id or CRN of a trusted profile; empty: the instance's own
  Origin endpoint{"http", "169.254.169.254", 80};  // the metadata service
  bool operator==(const VpcInstanceAuth&) const = default;
};
struct ContainerTokenAuth {
  std::string file;     // empty: the platform's default
  std::string profile;  // id or name of the trusted profile
  bool operator==(const ContainerTokenAuth&) const = default;
};
struct BearerTokenAuth {
  std::string file;
  bool operator==(const BearerTokenAuth&) const = default;
};
using BaseAuth = std::variant<ApiKeyAuth, VpcInstanceAuth, ContainerTokenAuth, BearerTokenAuth>;

struct AuthConfig {
  BaseAuth base;
  std::string assume_profile;     // id or CRN of a trusted profile to assume next; empty: none
  std::string assume_named = {};  // the same by its name in the account; empty: none
  bool operator==(const AuthConfig&) const = default;
};

/// How large a revision may be; a larger one is refused as a whole.
struct SourceLimits {
  std::size_t bytes = LoadLimits{}.max_total_bytes;
  std::size_t grants = LoadLimits{}.max_grants;
  bool operator==(const SourceLimits&) const = default;
};
struct DirectorySourceConfig {
  std::string path;
  Milliseconds quiet = std::chrono::seconds(2);  // how long the files must have been unchanged
  SourceLimits limits = {};
  bool operator==(const DirectorySourceConfig&) const = default;
};
struct GitSourceConfig {
  std::string url;
  std::string ref = "main";  // branch, tag or commit
  std::string path = ".";    // in the repository
  std::string ca_file;       // CAs of the https server; empty: the system's
  std::string ssh_key_file;
  std::string known_hosts_file;
  std::string token_file;
  std::string username;
  std::vector<std::string>
      verify_keys;  // files of PGP or SSH keys; empty: commits are not verified
  SourceLimits limits = {};
  bool operator==(const GitSourceConfig&) const = default;
};
using SourceConfig = std::variant<DirectorySourceConfig, GitSourceConfig>;

/// The rails' settings, and how long the state keeps data for them.
struct RailConfig {
  RailRules rules;
  Milliseconds window = std::chrono::hours(24);
  Milliseconds approval_ttl = std::chrono::hours(24);
  Approvers approvers;
};

struct AccountConfig {
  std::string name;
  AccountId id;
  AccountTraits::Texts labels = {};
  AccountTraits::Texts params = {};
  std::vector<std::string> paths{"."};  // relative to the source
  AuthConfig auth;
  Mode mode = Mode::observe;
  Milliseconds interval = std::chrono::minutes(5);
  Adopt adopt = Adopt::never;
  RailConfig rails;
  bool allow_empty = false;
  SourcePos position;
};

/// Accounts that the configuration does not name one by one.
struct AccountsFrom {
  std::string file = {};      // in the source, with an entry for each; empty: by discovery
  std::string profile = {};   // the name of a trusted profile: each account where it may be assumed
  AccountConfig common = {};  // what each of them starts with; without a name and an id
};

/// The Resource Controller that belongs to an IAM endpoint: public for public, private for private.
/// An endpoint that is not IBM's, such as the sandbox's, serves both.
BaseUrl resource_controller_beside(const BaseUrl& iam);

/// The default request rate to IAM, for the daemon and for single commands: requests per second,
/// until a 429 halves it. How many at a time: kDefaultConcurrency.
inline constexpr std::size_t kRequestsPerSecond = 50;        // per account
inline constexpr std::size_t kTotalRequestsPerSecond = 200;  // per process

struct IamConfig {
  BaseUrl endpoint{{"https", "iam.cloud.ibm.com", 443}, ""};
  BaseUrl resource_controller = resource_controller_beside(endpoint);
  std::string ca_file;  // empty: the system's CAs
  HttpLimits limits;
  std::size_t concurrency = kDefaultConcurrency;
  std::size_t page_size = 100;                           // of a list; 0: all policies in one reply
  Milliseconds list_patience = std::chrono::minutes(2);  // for a whole list
  std::size_t policy_limit = 4'020;  // of all types that an account may have; 0: unknown
  std::size_t requests_per_second = kRequestsPerSecond;
  std::size_t total_requests_per_second = kTotalRequestsPerSecond;
  bool allow_empty_account = false;  // trust a list without any authorization
};

struct AdminConfig {
  std::string socket;
  std::string listen;            // "host:port"; empty: no TCP listener
  std::string token_file;        // gives access to the console and /api/v1; empty: they stay closed
  std::string hook_secret_file;  // that hooks are signed with; empty: hooks are not accepted
};

struct Config {
  std::string owner;
  Mode mode = Mode::observe;
  Milliseconds interval = std::chrono::minutes(5);
  Milliseconds settle = std::chrono::minutes(2);
  Adopt adopt = Adopt::never;
  std::set<IamId> identities;
  std::vector<std::string> previous_owners;
  SourceConfig source;
  CommitConfig commits;  // of a Git source
  std::vector<AccountConfig> accounts;
  std::vector<AccountsFrom> accounts_from = {};
  IamConfig iam;
  RailConfig rails;
  Requirements require;
  RemindBefore remind_before = kRemindBefore;
  RolloutRules rollout = {};
  AdminConfig admin;
  std::string state_path = "/var/lib/authzd/state.db";
  std::string audit_file;  // empty: only journald
  std::vector<NotifyTarget> notify;
  std::string record_directory;  // of traces; empty: none are recorded
};

/// The part of the environment that file references may name: "${CREDENTIALS_DIRECTORY}/key".
struct ConfigEnvironment {
  std::string credentials_directory;  // empty: not set
  /// Whether everyone may read that file; none: it is not checked.
  std::function<bool(const std::string& path)> is_open_to_all = {};
  std::function<bool(const std::string& path)> is_missing = {};  // from a folder that is there
};

struct ConfigOutcome {
  Config config;                        // use it only if !has_errors(diagnostics)
  std::vector<Diagnostic> diagnostics;  // sorted
};

ConfigOutcome load_config(const SourceFile& file, const ConfigEnvironment& environment);

}  // namespace authzd
