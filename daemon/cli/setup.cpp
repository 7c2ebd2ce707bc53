// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/setup.hpp"

#include "daemon/cli/configured_setup.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"

#include <algorithm>
#include <filesystem>

namespace authzd {
namespace {

using Failed = tl::unexpected<SetupFailure>;

Failed usage(std::string message) {
  return Failed({ExitCode::usage, std::move(message), {}});
}

std::string variable(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string{} : found->second;
}

/// The first of the two names that says something, as curl and IBM's own clients look for them.
std::string variable(const Environment& environment,
                     std::string_view upper,
                     std::string_view lower) {
  std::string value = variable(environment, upper);
  return value.empty() ? variable(environment, lower) : value;
}

Result<ProxySettings> proxies_of(const Environment& environment) {
  return ProxySettings::parse(variable(environment, "HTTPS_PROXY", "https_proxy"),
                              variable(environment, "NO_PROXY", "no_proxy"));
}

/// "Stand-alone" in one message: what a call without a configuration needs, and what it lacks.
std::string missing(const CommonOptions& options, const SetupNeeds& needs) {
  std::vector<std::string> flags;
  if (needs.manifests && !options.manifests) flags.emplace_back("--manifests PATH");
  if (options.accounts.empty()) flags.emplace_back("--account ID");
  if (needs.manifests && !options.owner) flags.emplace_back("--owner NAME");
  if (needs.mode && !options.mode)
    flags.emplace_back("--mode observe|create-only|upsert-only|sync");
  return join(flags, ", ");
}

Result<AccountId> parse_account(std::string_view text) {
  if (text.starts_with("a/")) text.remove_prefix(2);  // as it stands in a CRN
  if (is_account_id(text)) return AccountId{to_lower(text)};
  return Error{ErrorCode::invalid_config,
               "--account " + shown_name(text) + " is not an account id: it has 32 hex digits"};
}

tl::expected<IamSetup, SetupFailure> iam_of(const Environment& environment) {
  std::string endpoint = variable(environment, "IBMCLOUD_IAM_API_ENDPOINT");
  if (endpoint.empty()) endpoint = kDefaultEndpoint;
  auto url = parse_base_url(endpoint);
  if (!url) return usage("IBMCLOUD_IAM_API_ENDPOINT: " + url.error().message);
  IamSetup iam;
  iam.endpoint = std::move(*url);
  iam.resource_controller = resource_controller_beside(iam.endpoint);
  const std::string other = variable(environment, "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT");
  if (other.empty()) return iam;
  auto given = parse_base_url(other);
  if (!given) return usage("IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT: " + given.error().message);
  iam.resource_controller = std::move(*given);
  return iam;
}

tl::expected<Setup, SetupFailure> standing_alone(const CommonOptions& options,
                                                 const Environment& environment,
                                                 const SetupNeeds& needs) {
  const std::string lacks = missing(options, needs);
  if (!needs.alone || !lacks.empty()) {
    const std::string there =
        is_forbidden_file(std::string(kDefaultConfig))
            ? "this user may not read the configuration " + std::string(kDefaultConfig)
            : "there is no configuration at " + std::string(kDefaultConfig);
    return usage(there + "; name one with --config FILE" +
                 (needs.alone ? ", or add " + lacks : ""));
  }
  if (!options.selectors.empty()) {
    return usage(
        "-l is for accounts of a configuration, which gives them labels: name one with "
        "--config FILE");
  }
  if (options.accounts.size() != 1) return usage("without a configuration, give --account once");
  auto account = parse_account(options.accounts.front());
  if (!account) return usage(account.error().message);
  if (options.owner && !is_owner_name(*options.owner)) {
    return usage("--owner " + shown_name(*options.owner) +
                 " cannot mark policies: use up to 63 of a-z, 0-9, '-' and '.', with a letter or "
                 "digit at both ends");
  }
  std::string key = variable(environment, "IBMCLOUD_API_KEY");
  if (key.empty()) key = variable(environment, "IC_API_KEY");
  if (needs.key && key.empty()) {
    return usage("set IBMCLOUD_API_KEY to an API key of the account, or use a configuration");
  }
  auto iam = iam_of(environment);
  if (!iam) return Failed(std::move(iam).error());

  AccountSetup only;
  only.spec.name = account->value;
  only.spec.id = std::move(*account);
  only.spec.owner = options.owner.value_or("");
  only.spec.mode = options.mode.value_or(Mode::sync);
  only.spec.adopt = options.adopt.value_or(Adopt::never);
  only.spec.allow_empty_account = options.allow_empty_account;
  only.credential = ApiKey{.value = Secret(std::move(key))};
  Setup setup;
  setup.iam = std::move(*iam);
  if (options.manifests) setup.source = DirectorySourceConfig{*options.manifests};
  setup.accounts.push_back(std::move(only));
  return setup;
}

tl::expected<Setup, SetupFailure> setup_without_proxies(const CommonOptions& options,
                                                        const Environment& environment,
                                                        const SetupNeeds& needs) {
  std::error_code ec;
  const bool has_default = std::filesystem::exists(kDefaultConfig, ec);
  // --owner belongs to a call without a configuration, so that the default one is not meant.
  const bool stands_alone = options.manifests || (options.owner && !options.config);
  if (options.config && options.manifests) {
    return usage("--manifests is for a call without a configuration; leave out one of the two");
  }
  if (options.config || (has_default && !stands_alone)) {
    return configured_setup(
        options.config.value_or(std::string(kDefaultConfig)), options, environment, needs);
  }
  return standing_alone(options, environment, needs);
}

}  // namespace

Error to_error(const SetupFailure& failure) {
  const auto& all = failure.diagnostics;
  const auto first = std::ranges::find(all, Severity::error, &Diagnostic::severity);
  if (first == all.end()) return {ErrorCode::invalid_config, failure.message};
  const auto errors = std::ranges::count(all, Severity::error, &Diagnostic::severity);
  const std::string more = errors > 1 ? "; and " + std::to_string(errors - 1) + " more" : "";
  return {ErrorCode::invalid_config, one_line(*first) + more};
}

tl::expected<Setup, SetupFailure> make_setup(const CommonOptions& options,
                                             const Environment& environment,
                                             const SetupNeeds& needs) {
  auto proxies = proxies_of(environment);
  if (!proxies) return usage(proxies.error().message);
  auto setup = setup_without_proxies(options, environment, needs);
  if (!setup) return setup;
  setup->iam.proxies = *proxies;
  setup->source_place.proxies = std::move(*proxies);
  return setup;
}

}  // namespace authzd
