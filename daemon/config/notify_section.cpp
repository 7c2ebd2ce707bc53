// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/config_keys.hpp"
#include "daemon/config/config_reader.hpp"
#include "daemon/config/config_sections.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::pair<std::string_view, NotifyFormat>, 5> kFormats{
    {{"cloudevents", NotifyFormat::cloudevents},
     {"slack", NotifyFormat::slack},
     {"teams", NotifyFormat::teams},
     {"pagerduty", NotifyFormat::pagerduty},
     {"template", NotifyFormat::json_template}}};

void read_format(const YamlCursor& node, NotifyFormat& out) {
  const auto text = node.text();
  if (!text) return;
  const auto* found = std::ranges::find(kFormats, *text, &decltype(kFormats)::value_type::first);
  if (found != kFormats.end()) {
    out = found->second;
    return;
  }
  node.error(quoted(*text) + " is not a format of notices",
             "cloudevents, slack, teams, pagerduty or template");
}

/// A file that one format needs, and that no other has.
void read_file_of_format(const ConfigMap& map,
                         std::string_view key,
                         std::string_view format,
                         bool is_needed,
                         std::string& out) {
  const bool is_secret = key == "routingKeyFile";
  if (is_needed && !map.require(key)) return;
  is_secret ? map.read_secret_file(key, out) : map.read_file(key, out);
  if (is_needed) return;
  if (const auto node = map.key_node(key)) {
    node->error(std::string(key) + " is for format: " + std::string(format),
                "take it out, or write format: " + std::string(format));
  }
}

/// "owner/name", of letters, digits and "._-"; for a project of GitLab also deeper, or a number.
bool is_repository(std::string_view text, bool may_be_deep) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '.' || c == '_' || c == '-';
  };
  const bool is_number = text.find_first_not_of("0123456789") == std::string_view::npos;
  const auto slashes = std::ranges::count(text, '/');
  const bool is_path = slashes > 0 && (may_be_deep || slashes == 1) && !text.starts_with('/') &&
                       !text.ends_with('/') && text.find("//") == std::string_view::npos &&
                       text.find("..") == std::string_view::npos;
  return !text.empty() && std::ranges::all_of(text, is_plain) &&
         (is_path || (may_be_deep && is_number));
}

struct ForgeKeys {
  Forge forge;
  std::string_view repository;
  std::string_view url;
  std::string_view default_api;
  std::string_view example;
};

void decode_forge(const ConfigMap& map, const ForgeKeys& keys, CommitStatusConfig& out) {
  out.forge = keys.forge;
  const std::string key(keys.repository);
  const std::string example = "write " + key + ": " + std::string(keys.example);
  if (const auto node = map.require(key, example)) {
    map.read(key, out.repository);
    if (!is_repository(out.repository, keys.forge == Forge::gitlab)) {
      node->error(quoted(out.repository) + " is not the name of a repository", example);
    }
  }
  if (map.require("tokenFile")) map.read_secret_file("tokenFile", out.token_file);
  map.read_file("caFile", out.ca_file);
  BaseUrl url = *parse_base_url(keys.default_api);
  const std::string hint = "such as " + std::string(keys.default_api);
  read_endpoint(map, std::string(keys.url), hint, url);
  out.api = to_string(url.origin) + url.path;
  const bool is_bare_gitlab = keys.forge == Forge::gitlab && !url.path.ends_with("/api/v4");
  if (is_bare_gitlab) out.api += "/api/v4";
}

}  // namespace

void decode_commit_status(const YamlCursor& node,
                          const ConfigEnvironment& environment,
                          CommitStatusConfig& out) {
  const ConfigMap map(node, config_keys::kCommitStatus, "source.git.commitStatus", environment);
  if (node.is_map() && map.has("github") == map.has("gitlab")) {
    node.error("commitStatus needs exactly one of github and gitlab",
               "write commitStatus: {github: {repository: org/repo, tokenFile: …}}");
    return;
  }
  if (const auto github = map.find("github")) {
    const ConfigMap fields(
        *github, config_keys::kGitHubStatus, "commitStatus.github", environment, kSecretHints);
    const ForgeKeys keys{
        Forge::github, "repository", "apiUrl", "https://api.github.com", "org/repo"};
    decode_forge(fields, keys, out);
  }
  if (const auto gitlab = map.find("gitlab")) {
    const ConfigMap fields(
        *gitlab, config_keys::kGitLabStatus, "commitStatus.gitlab", environment, kSecretHints);
    const ForgeKeys keys{Forge::gitlab, "project", "url", "https://gitlab.com", "group/repo"};
    decode_forge(fields, keys, out);
  }
}

void decode_notify(const YamlCursor& node,
                   const ConfigEnvironment& environment,
                   std::vector<NotifyTarget>& out) {
  const auto items = node.list("write notify: [{urlFile: …}]");
  if (!items) return;
  for (const YamlCursor& item : *items) {
    const ConfigMap map(item, config_keys::kNotify, "notify", environment);
    NotifyTarget& target = out.emplace_back();
    if (const auto format = map.find("format")) read_format(*format, target.format);
    const bool is_pagerduty = target.format == NotifyFormat::pagerduty;
    const bool is_template = target.format == NotifyFormat::json_template;
    if (is_pagerduty || map.require("urlFile")) map.read_secret_file("urlFile", target.url_file);
    map.read_secret_file("secretFile", target.secret_file);
    map.read_file("caFile", target.ca_file);
    read_file_of_format(map, "routingKeyFile", "pagerduty", is_pagerduty, target.routing_key_file);
    read_file_of_format(map, "templateFile", "template", is_template, target.template_file);
  }
}

}  // namespace authzd
