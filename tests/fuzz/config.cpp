// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The configuration's file.
#include "daemon/config/config.hpp"

#include "daemon/config/git_url.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/marker.hpp"
#include "tests/fuzz/diagnostics.hpp"

namespace authzd::fuzz {
namespace {

constexpr std::string_view kCredentials = "/run/credentials/authzd.service";

void check_rails(const RailConfig& rails) {
  promise(rails.window.count() > 0 && rails.approval_ttl.count() > 0, "a rail has a window");
}

void check_git(const GitSourceConfig& source) {
  promise(parse_git_url(source.url).has_value(), "a repository has an address");
  promise(is_git_ref(source.ref), "a ref is one of git's");
}

void check_config(const Config& config) {
  promise(is_owner_name(config.owner), "an owner has a name");
  promise(!config.accounts.empty(), "there is an account");
  promise(check_transport(config.iam.endpoint.origin).has_value(), "IAM is spoken to over TLS");
  promise(config.interval.count() > 0 && config.settle.count() >= 0, "times are positive");
  promise(config.iam.concurrency > 0 && config.iam.requests_per_second > 0,
          "limits let work be done");
  check_rails(config.rails);
  if (const auto* git = std::get_if<GitSourceConfig>(&config.source)) check_git(*git);
  for (const AccountConfig& account : config.accounts) {
    promise(is_account_id(account.id.value), "an account has an id");
    promise(!account.paths.empty() && account.interval.count() > 0, "an account has paths");
    check_rails(account.rails);
  }
}

}  // namespace

void config(std::string_view input) {
  const SourceFile file{"authzd.yaml", std::string(input)};
  const ConfigEnvironment environment{std::string(kCredentials)};
  const ConfigOutcome loaded = load_config(file, environment);
  check_diagnostics(loaded.diagnostics, {&file, 1});
  if (!has_errors(loaded.diagnostics)) check_config(loaded.config);
  promise(load_config(file, environment).diagnostics == loaded.diagnostics,
          "the same text means the same");
}

}  // namespace authzd::fuzz
