// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/config_reader.hpp"

#include "reconciler/base/time.hpp"

namespace authzd {
namespace {

constexpr std::string_view kCredentials = "${CREDENTIALS_DIRECTORY}";
constexpr std::string_view kModes =
    "observe (never writes), create-only (only adds), upsert-only (adds and changes, never "
    "deletes) "
    "or sync (also deletes)";

/// A path has a clear beginning; anything else, including a URL or padded base64, may be a secret.
bool is_plausible_path(std::string_view text) {
  const bool has_root = text.starts_with('/') || text.starts_with("./") ||
                        text.starts_with("../") || text.starts_with("${");
  return has_root && !text.starts_with("//") && !text.ends_with('=') &&
         text.find_first_of("\n\t") == std::string_view::npos &&
         text.find("://") == std::string_view::npos;
}

}  // namespace

void refuse_url(const YamlCursor& node,
                std::string_view url,
                std::string message,
                std::string hint) {
  if (url.find_first_of("@?#") == std::string_view::npos) {
    node.error(std::move(message), std::move(hint));
  } else {
    node.error_unshown(std::move(message), std::move(hint));
  }
}

void ConfigMap::read_duration(std::string_view key, Milliseconds& out, Milliseconds least) const {
  const auto node = find(key);
  if (!node) return;
  const auto value = parse_duration(node->raw_text());
  if (!value || node->is_list() || node->is_map()) {
    node->error("expected a duration, got " + node->what(), "write it as 90s, 5m, 24h or 30d");
  } else if (*value < least) {
    node->error(std::string(key) + " is at least " + to_string(least));
  } else {
    out = *value;
  }
}

std::optional<std::string> ConfigMap::file_path(const YamlCursor& node) const {
  auto path = node.text();
  if (!path) return std::nullopt;
  if (!is_plausible_path(*path)) {
    node.error_unshown("expected a path, got text, which is not shown: it may be a secret",
                       "write an absolute path, or ./NAME for what is below the working directory");
    return std::nullopt;
  }
  if (path->starts_with(kCredentials)) {
    if (environment_->credentials_directory.empty()) {
      node.warning("CREDENTIALS_DIRECTORY is not set, so this file cannot be found",
                   "systemd sets it for a unit with LoadCredential=");
      return path;
    }
    return environment_->credentials_directory + path->substr(kCredentials.size());
  }
  if (path->find("${") != std::string::npos) {
    node.error_unshown("unknown variable in the path of a file",
                       "only ${CREDENTIALS_DIRECTORY}, at the beginning, is replaced");
    return std::nullopt;
  }
  return path;
}

void ConfigMap::read_file(std::string_view key, std::string& out) const {
  const auto node = find(key);
  if (!node) return;
  if (auto path = file_path(*node)) out = std::move(*path);
}

void ConfigMap::read_secret_file(std::string_view key, std::string& out) const {
  const auto node = find(key);
  if (!node) return;
  auto path = file_path(*node);
  if (!path) return;
  if (environment_->is_open_to_all && environment_->is_open_to_all(*path)) {
    node->warning("every user of this host can read " + quoted(*path) + ", which holds a secret",
                  "chmod 600, and replace the secret if others may have read it");
  }
  if (environment_->is_missing && environment_->is_missing(*path)) {
    node->warning("there is no file " + quoted(*path), "its folder is there: is the name right?");
  }
  out = std::move(*path);
}

void ConfigMap::read_list(std::string_view key, std::vector<std::string>& out) const {
  if (const auto node = find(key)) out = node->texts();
}

void ConfigMap::read_mode(Mode& out) const {
  const auto node = find("mode");
  if (!node) return;
  const auto text = node->text();
  if (!text) return;
  if (const auto mode = parse_mode(*text)) {
    out = *mode;
  } else {
    node->error("unknown mode " + quoted(*text), "one of " + std::string(kModes));
  }
}

void ConfigMap::read_adopt(Adopt& out) const {
  const auto node = find("adopt");
  if (!node) return;
  const auto text = node->text();
  if (!text) return;
  if (const auto adopt = parse_adopt(*text)) {
    out = *adopt;
  } else {
    node->error("unknown value " + quoted(*text) + " of adopt",
                "one of never, identical (where roles are equal) or always (sets the roles)");
  }
}

void read_endpoint(const ConfigMap& map,
                   const std::string& key,
                   const std::string& hint,
                   BaseUrl& out) {
  const auto endpoint = map.find(key);
  const auto text = endpoint ? endpoint->text() : std::nullopt;
  if (!text) return;
  auto url = parse_base_url(*text);
  const auto fit = url ? check_transport(url->origin) : Result<void>(url.error());
  if (fit) {
    out = *std::move(url);
  } else {
    refuse_url(*endpoint, *text, key + ": " + fit.error().message, hint);
  }
}

bool is_bare_text(const YamlCursor& node, const std::string& name) {
  if (node.is_map() || node.is_list() || node.is_nothing()) return false;
  node.error_unshown(
      "expected a mapping (" + name + "), got text, which is not shown: it may be a key or a token",
      "a secret is only ever a file reference");
  return true;
}

}  // namespace authzd
