// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/config_sections.hpp"

#include "daemon/config/config_keys.hpp"
#include "daemon/config/config_reader.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

using std::chrono::milliseconds;
constexpr std::size_t kMany = 1'000'000;
constexpr std::size_t kMostApprovers = 10;
constexpr std::size_t kMostUid = 4'294'967'295;  // which no login has
constexpr milliseconds kPositive{1};

void read_set(const ConfigMap& map,
              std::string_view key,
              std::optional<std::set<std::string>>& out) {
  const auto node = map.find(key);
  if (!node || !node->list()) return;
  const auto values = node->texts();
  out.emplace(values.begin(), values.end());
}

/// In the spelling of account ids in policies.
std::set<std::string> in_lower_case(const std::set<std::string>& texts) {
  std::set<std::string> lower;
  for (const std::string& text : texts) lower.insert(to_lower(text));
  return lower;
}

void decode_allow(const YamlCursor& node, const ConfigEnvironment& environment, RailAllow& out) {
  const ConfigMap map(node, config_keys::kAllow, "rails.allow", environment);
  read_set(map, "sourceAccounts", out.source_accounts);
  if (out.source_accounts) *out.source_accounts = in_lower_case(*out.source_accounts);
  read_set(map, "roles", out.roles);
  read_set(map, "targets", out.targets);
  if (!map.has("delegate")) return;
  bool delegate = false;
  map.read("delegate", delegate);
  out.delegate = delegate;
}

void decode_removal_grace(const YamlCursor& node,
                          const ConfigEnvironment& environment,
                          RemovalGrace& out) {
  const ConfigMap map(node, config_keys::kRemovalGrace, "rails.removalGrace", environment);
  map.read_duration("for", out.wait, milliseconds{0});
  std::optional<std::set<std::string>> targets;
  read_set(map, "targets", targets);
  if (targets) out.targets = std::move(*targets);
}

void decode_person(const YamlCursor& node, const ConfigEnvironment& environment, Approvers& out) {
  const ConfigMap map(
      node, config_keys::kApproverPerson, "a person of rails.approvers", environment);
  std::size_t uid = kMostUid;
  if (map.require("loginUid", "the number that the person logs in as: id -u")) {
    map.read("loginUid", uid, 0, kMostUid - 1);
  }
  const auto list = map.require("addresses", "those that the person commits with");
  if (!list || uid == kMostUid) return;
  std::set<std::string>& addresses = out.addresses[static_cast<unsigned>(uid)];
  for (const std::string& address : list->texts()) addresses.insert(to_lower(address));
}

void decode_approvers(const YamlCursor& node,
                      const ConfigEnvironment& environment,
                      Approvers& out) {
  const ConfigMap map(node, config_keys::kApprovers, "rails.approvers", environment);
  map.read("need", out.need, 1, kMostApprovers);
  map.read("notTheAuthor", out.not_the_author);
  const auto people = map.find("people");
  const auto items =
      people ? people->list("write people: [{loginUid: …, addresses: […]}]") : std::nullopt;
  if (items) out.addresses.clear();
  if (items) {
    for (const YamlCursor& item : *items) decode_person(item, environment, out);
  }
  if (out.not_the_author && out.addresses.empty()) {
    node.error("notTheAuthor needs people: nobody could approve anything",
               "write people: [{loginUid: …, addresses: […]}]");
  }
}

/// Attributes of IAM that patterns usually name; a service may have others.
constexpr std::array<std::string_view, 9> kKnownAttributes{"accountId",
                                                           "serviceName",
                                                           "serviceInstance",
                                                           "resourceGroupId",
                                                           "resourceType",
                                                           "resource",
                                                           "region",
                                                           "serviceType",
                                                           "service_group_id"};

/// A pattern that matches nothing protects nothing, without any visible sign.
void check_pattern_name(const YamlCursor& key, std::string_view name) {
  std::string_view bare = name;
  for (const std::string_view side : {"source.", "target."}) {
    if (bare.starts_with(side)) bare.remove_prefix(side.size());
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kManifestWords{
      {{"service", "serviceName"},
       {"instance", "serviceInstance"},
       {"resourceGroup", "resourceGroupId"},
       {"account", "accountId"}}};
  for (const auto& [word, attribute] : kManifestWords) {
    if (bare != word) continue;
    key.error(quoted(name) + " is no attribute of IAM",
              "a pattern has IAM's names: " + std::string(attribute));
    return;
  }
  if (std::ranges::find(kKnownAttributes, bare) != kKnownAttributes.end()) return;
  if (const auto meant = did_you_mean(bare, kKnownAttributes)) {
    key.warning(quoted(name) + " is no attribute that is known",
                "did you mean " + quoted(*meant) + "?");
  }
}

void decode_never(const YamlCursor& node, std::vector<PolicyPattern>& out) {
  const auto items = node.list("write never: [{serviceName: kms}]");
  if (!items) return;
  out.clear();
  for (const YamlCursor& item : *items) {
    if (!item.is_map() || item.entries().empty()) {
      item.error("expected a pattern (attribute: value), got " + item.what());
      continue;
    }
    PolicyPattern pattern;
    for (const auto& [key, value] : item.entries()) {
      const auto name = key.text();
      const auto text = value.text();
      if (name) check_pattern_name(key, *name);
      if (name && text && !pattern.emplace(*name, *text).second) {
        key.error("key " + quoted(*name) + " is given twice in a pattern");
      }
    }
    out.push_back(std::move(pattern));
  }
}

bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data() + colon + 1, end, port);
  return failed == std::errc{} && stop == end && port > 0 && port <= 65'535;
}

}  // namespace

void decode_auth(const YamlCursor& node, const ConfigEnvironment& environment, AuthConfig& out) {
  if (is_bare_text(node, "auth")) return;
  const ConfigMap map(node, config_keys::kAuth, "auth", environment, kSecretHints);
  const auto ways = std::count_if(config_keys::kAuth.begin(),
                                  config_keys::kAuth.end() - 1,
                                  [&](std::string_view way) { return map.has(way); });
  if (node.is_map() && ways != 1) {
    node.error("auth needs exactly one way to a token, got " + std::to_string(ways),
               "apiKeyFile, vpcInstance, containerToken or bearerTokenFile");
  }
  if (map.find("apiKeyFile"))
    map.read_secret_file("apiKeyFile", out.base.emplace<ApiKeyAuth>().file);
  if (map.find("bearerTokenFile")) {
    map.read_secret_file("bearerTokenFile", out.base.emplace<BearerTokenAuth>().file);
  }
  if (const auto vpc = map.find("vpcInstance")) {
    const ConfigMap fields(*vpc, config_keys::kVpcInstance, "vpcInstance", environment);
    auto& instance = out.base.emplace<VpcInstanceAuth>();
    fields.read("profile", instance.profile);
    BaseUrl endpoint{instance.endpoint, ""};
    const std::string example = "such as http://169.254.169.254, without a path";
    read_endpoint(fields, "endpoint", example, endpoint);
    if (!endpoint.path.empty()) fields.find("endpoint")->error("endpoint: it has a path", example);
    instance.endpoint = std::move(endpoint.origin);
  }
  if (const auto container = map.find("containerToken")) {
    const ConfigMap fields(*container, config_keys::kContainerToken, "containerToken", environment);
    auto& token = out.base.emplace<ContainerTokenAuth>();
    fields.read_secret_file("file", token.file);
    if (fields.require("profile")) fields.read("profile", token.profile);
  }
  const auto assumed = map.find("assumeProfile");
  if (assumed && assumed->is_map()) {
    const ConfigMap fields(*assumed, config_keys::kAssumeProfile, "assumeProfile", environment);
    if (fields.require("name", "write assumeProfile: {name: …}, or the id or CRN alone")) {
      fields.read("name", out.assume_named);
    }
  } else {
    map.read("assumeProfile", out.assume_profile);
  }
}

void decode_iam(const YamlCursor& node, const ConfigEnvironment& environment, IamConfig& out) {
  const ConfigMap map(node, config_keys::kIam, "iam", environment);
  read_endpoint(map, "endpoint", "such as https://iam.cloud.ibm.com", out.endpoint);
  out.resource_controller = resource_controller_beside(out.endpoint);
  read_endpoint(map,
                "resourceControllerEndpoint",
                "such as https://resource-controller.cloud.ibm.com",
                out.resource_controller);
  map.read_file("caFile", out.ca_file);
  map.read("concurrency", out.concurrency, 1, 100);
  map.read("pageSize", out.page_size, 0, kMany);
  map.read("policyLimit", out.policy_limit, 0, kMany);
  map.read("requestsPerSecond", out.requests_per_second, 1, kMany);
  map.read("totalRequestsPerSecond", out.total_requests_per_second, 1, kMany);
  map.read("allowEmptyAccount", out.allow_empty_account);
  const auto timeouts = map.find("timeouts");
  if (!timeouts) return;
  const ConfigMap limits(*timeouts, config_keys::kTimeouts, "iam.timeouts", environment);
  limits.read_duration("connect", out.limits.connect, kPositive);
  limits.read_duration("handshake", out.limits.handshake, kPositive);
  limits.read_duration("read", out.limits.read, kPositive);
  limits.read_duration("total", out.limits.total, kPositive);
  limits.read_duration("list", out.list_patience, kPositive);
}

void decode_rails(const YamlCursor& node, const ConfigEnvironment& environment, RailConfig& out) {
  const ConfigMap map(node, config_keys::kRails, "rails", environment);
  map.read("maxDelete", out.rules.limits.max_delete, 0, kMany);
  map.read("maxDeletePercent", out.rules.limits.max_delete_percent, 0, 100);
  map.read("maxUpdate", out.rules.limits.max_update, 0, kMany);
  map.read("maxCreate", out.rules.limits.max_create, 0, kMany);
  map.read_duration("window", out.window, kPositive);
  if (const auto allow = map.find("allow")) decode_allow(*allow, environment, out.rules.allow);
  map.read_duration("holdUsedWithin", out.rules.hold_used_within, milliseconds{0});
  map.read("holdUnknown", out.rules.hold_unknown);
  map.read("holdDelegators", out.rules.hold_delegators);
  if (map.has("maxRestore")) {
    std::size_t most = 0;
    map.read("maxRestore", most, 0, kMany);
    out.rules.limits.max_restore = most;
  }
  if (const auto grace = map.find("removalGrace"); grace && grace->is_map()) {
    decode_removal_grace(*grace, environment, out.rules.removal_grace);
  } else {
    map.read_duration("removalGrace", out.rules.removal_grace.wait, milliseconds{0});
  }
  map.read_duration("protectRelease", out.rules.protect_release, milliseconds{0});
  map.read_duration("approvalTtl", out.approval_ttl, kPositive);
  if (const auto approvers = map.find("approvers")) {
    decode_approvers(*approvers, environment, out.approvers);
  }
  if (const auto never = map.find("never")) decode_never(*never, out.rules.never);
}

void decode_admin(const YamlCursor& node, const ConfigEnvironment& environment, AdminConfig& out) {
  const ConfigMap map(node, config_keys::kAdmin, "admin", environment, kSecretHints);
  map.read_file("socket", out.socket);
  map.read("listen", out.listen);
  map.read_secret_file("tokenFile", out.token_file);
  map.read_secret_file("hookSecretFile", out.hook_secret_file);
  if (const auto listen = map.find("listen"); listen && !out.listen.empty()) {
    if (!is_host_and_port(out.listen)) {
      listen->error(quoted(out.listen) + " is not an address and a port", "such as 127.0.0.1:9464");
    }
  }
}

void decode_audit(const YamlCursor& node, const ConfigEnvironment& environment, std::string& file) {
  const ConfigMap map(node, config_keys::kAudit, "audit", environment);
  map.read_file("file", file);
}

}  // namespace authzd
