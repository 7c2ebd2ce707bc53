// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The configuration (design §4) as a value. It is read from text with the diagnostics of manifests;
// nothing here opens a file, reads the environment or holds a secret: secrets are file references.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/net/http.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/rail_rules.hpp"

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

/// How an account's token is had. The paths are absolute, or relative to the working directory.
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
  std::string file;     // empty: where the platform puts it
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
  std::string assume_profile;  // id or CRN of a trusted profile to go on to; empty: none
  bool operator==(const AuthConfig&) const = default;
};

/// How much of a revision is taken; one that holds more is refused whole.
struct SourceLimits {
  std::size_t bytes = LoadLimits{}.max_total_bytes;
  std::size_t grants = LoadLimits{}.max_grants;
  bool operator==(const SourceLimits&) const = default;
};
struct DirectorySourceConfig {
  std::string path;
  Milliseconds quiet = std::chrono::seconds(2);  // for how long the files must have been the same
  SourceLimits limits = {};
  bool operator==(const DirectorySourceConfig&) const = default;
};
struct GitSourceConfig {
  std::string url;
  std::string ref = "main";  // branch, tag or commit
  std::string path = ".";    // in the repository
  std::string ca_file;       // roots of the https server; empty: the system's
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

/// The rules that a plan is checked with, and how long the state remembers for them.
struct RailConfig {
  RailRules rules;
  Milliseconds window = std::chrono::hours(24);
  Milliseconds approval_ttl = std::chrono::hours(24);
  Approvers approvers;
};

struct AccountConfig {
  std::string name;
  AccountId id;
  std::vector<std::string> paths{"."};  // relative to the source
  AuthConfig auth;
  Mode mode = Mode::observe;
  Milliseconds interval = std::chrono::minutes(5);
  Adopt adopt = Adopt::never;
  RailConfig rails;
  bool allow_empty = false;
  SourcePos position;
};

/// Where Resource Controller is for one who reaches IAM there: public beside public, private beside
/// private. An endpoint that is not IBM's, as the sandbox's, serves both.
BaseUrl resource_controller_beside(const BaseUrl& iam);

/// The pace at which IAM is asked where nothing says otherwise, by the daemon and by a call alone:
/// requests a second, until a 429 halves it. How many at a time: kDefaultConcurrency.
inline constexpr std::size_t kRequestsPerSecond = 50;        // an account
inline constexpr std::size_t kTotalRequestsPerSecond = 200;  // the process

struct IamConfig {
  BaseUrl endpoint{{"https", "iam.cloud.ibm.com", 443}, ""};
  BaseUrl resource_controller = resource_controller_beside(endpoint);
  std::string ca_file;  // empty: the system's roots
  HttpLimits limits;
  std::size_t concurrency = kDefaultConcurrency;
  std::size_t page_size = 100;                           // of a list; 0: all policies in one reply
  Milliseconds list_patience = std::chrono::minutes(2);  // with a whole list
  std::size_t policy_limit = 4'020;  // of all types that an account may hold; 0: not known
  std::size_t requests_per_second = kRequestsPerSecond;
  std::size_t total_requests_per_second = kTotalRequestsPerSecond;
  bool allow_empty_account = false;  // that an account shows no authorization at all is believed
};

struct AdminConfig {
  std::string socket;
  std::string listen;            // "host:port"; empty: no TCP listener
  std::string token_file;        // opens the status pages; empty: they stay closed
  std::string hook_secret_file;  // that hooks are signed with; empty: none is taken
};

enum class NotifyFormat {
  cloudevents,  // CloudEvents 1.0, JSON, structured mode
  slack,        // {"text": …}
};

struct NotifyTarget {
  std::string url_file;
  std::string secret_file;  // key of the signature; empty: none
  NotifyFormat format = NotifyFormat::cloudevents;
  std::string ca_file = {};  // roots of its server alone; empty: the system's
  bool operator==(const NotifyTarget&) const = default;
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
  std::vector<AccountConfig> accounts;
  IamConfig iam;
  RailConfig rails;
  AdminConfig admin;
  std::string state_path = "/var/lib/authzd/state.db";
  std::string audit_file;  // empty: journald alone
  std::vector<NotifyTarget> notify;
  std::string record_directory;  // of traces; empty: none are kept
};

/// The part of the environment that file references may name: "${CREDENTIALS_DIRECTORY}/key".
struct ConfigEnvironment {
  std::string credentials_directory;  // empty: not set
  /// Whether everyone may read that file; none: nobody looks.
  std::function<bool(const std::string& path)> is_open_to_all = {};
};

struct ConfigOutcome {
  Config config;                        // use it only if !has_errors(diagnostics)
  std::vector<Diagnostic> diagnostics;  // sorted
};

ConfigOutcome load_config(const SourceFile& file, const ConfigEnvironment& environment);

}  // namespace authzd
