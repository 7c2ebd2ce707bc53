// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/commit_link.hpp"
#include "daemon/config/config_keys.hpp"
#include "daemon/config/config_reader.hpp"
#include "daemon/config/config_sections.hpp"
#include "daemon/config/git_url.hpp"
#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {
namespace {

using std::chrono::milliseconds;
constexpr std::size_t kMostGrants = 1'000'000;
constexpr std::size_t kMostSourceBytes = 64U << 20U;

void decode_verify(const YamlCursor& node,
                   const ConfigEnvironment& environment,
                   std::vector<std::string>& out) {
  const ConfigMap keys(node, config_keys::kGitVerify, "verify", environment);
  const auto list = keys.require("keyFiles");
  const auto items = list ? list->list() : std::nullopt;
  if (!items) return;
  if (items->empty()) list->error("the list of key files is empty", "no commit could be verified");
  for (const YamlCursor& item : *items) {
    if (auto path = keys.file_path(item)) out.push_back(std::move(*path));
  }
}

void decode_git(const YamlCursor& node,
                const ConfigEnvironment& environment,
                GitSourceConfig& out,
                CommitConfig& commits) {
  const ConfigMap map(node, config_keys::kGit, "source.git", environment);
  if (const auto url = map.require("url")) {
    map.read("url", out.url);
    const auto parsed = parse_git_url(out.url);
    if (!parsed) refuse_url(*url, out.url, parsed.error().message);
    if (parsed) commits.link = default_commit_link(*parsed);
  }
  map.read("link", commits.link);
  if (const auto link = map.find("link")) {
    const auto fit = check_commit_link(commits.link);
    if (!fit) {
      refuse_url(
          *link, commits.link, fit.error().message, "such as https://git.example/a/b/{commit}");
    }
  }
  if (const auto status = map.find("commitStatus")) {
    decode_commit_status(*status, environment, commits.status);
  }
  map.read("ref", out.ref);
  if (const auto ref = map.find("ref"); ref && !is_git_ref(out.ref)) {
    ref->error(quoted(out.ref) + " cannot be a branch or a tag, and is no commit");
  }
  map.read("path", out.path);
  map.read_file("caFile", out.ca_file);
  if (const auto credentials = map.find("credentials");
      credentials && !is_bare_text(*credentials, "credentials")) {
    const ConfigMap files(
        *credentials, config_keys::kGitCredentials, "credentials", environment, kSecretHints);
    files.read_secret_file("sshKeyFile", out.ssh_key_file);
    files.read_file("knownHostsFile", out.known_hosts_file);
    files.read_secret_file("tokenFile", out.token_file);
    files.read("username", out.username);
  }
  if (const auto verify = map.find("verify")) decode_verify(*verify, environment, out.verify_keys);
}

}  // namespace

void decode_source_section(const YamlCursor& node,
                           const ConfigEnvironment& environment,
                           SourceConfig& out,
                           CommitConfig& commits) {
  const ConfigMap map(node, config_keys::kSource, "source", environment);
  if (node.is_map() && map.has("directory") == map.has("git")) {
    node.error("source needs exactly one of directory and git",
               "write source: {directory: {path: /etc/authzd/manifests}}");
  }
  SourceLimits limits;
  map.read("maxBytes", limits.bytes, 1, kMostSourceBytes);
  map.read("maxGrants", limits.grants, 1, kMostGrants);
  if (const auto directory = map.find("directory")) {
    const ConfigMap fields(*directory, config_keys::kDirectory, "source.directory", environment);
    DirectorySourceConfig source;
    if (fields.require("path")) fields.read_file("path", source.path);
    map.read_duration("quiet", source.quiet, milliseconds{0});
    source.limits = limits;
    out = std::move(source);
  }
  if (const auto git = map.find("git")) {
    GitSourceConfig source;
    decode_git(*git, environment, source, commits);
    source.limits = limits;
    if (const auto quiet = map.key_node("quiet")) {
      quiet->error("quiet is for a directory", "a commit is whole: take it out");
    }
    out = std::move(source);
  }
}

}  // namespace authzd
