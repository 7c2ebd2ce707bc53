// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Readers for the sections of the configuration: maps whose values are durations, file references,
// URLs or plain text.
#pragma once

#include "daemon/config/config.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// A YamlMap that knows the environment, and the value types that only a configuration has.
class ConfigMap : public YamlMap {
 public:
  ConfigMap(YamlCursor node,
            Keys known,
            std::string_view name,
            const ConfigEnvironment& environment,
            std::span<const KeyHint> hints = {})
      : YamlMap(node, known, name, hints), environment_(&environment) {}

  /// "5m"; below `least` is an error.
  void read_duration(std::string_view key, Milliseconds& out, Milliseconds least) const;

  /// A path, absolute or with a leading "./" or "../", in which ${CREDENTIALS_DIRECTORY} is
  /// replaced. Other variables are errors; if the variable is not set, that is a warning and the
  /// reference is not changed. Any other text is an error that does not show it: it may be a
  /// secret.
  void read_file(std::string_view key, std::string& out) const;
  /// The same for a file with a secret: a warning if everyone may read it.
  void read_secret_file(std::string_view key, std::string& out) const;
  [[nodiscard]] std::optional<std::string> file_path(const YamlCursor& node) const;

  /// A list of text.
  void read_list(std::string_view key, std::vector<std::string>& out) const;

  void read_mode(Mode& out) const;
  void read_adopt(Adopt& out) const;

 private:
  const ConfigEnvironment* environment_;
};

/// Reports an invalid URL; its line is not shown if it may contain a password or a token.
void refuse_url(const YamlCursor& node,
                std::string_view url,
                std::string message,
                std::string hint = {});

/// A base URL that plain HTTP may not leave the host by; anything else is an error.
void read_endpoint(const ConfigMap& map,
                   const std::string& key,
                   const std::string& hint,
                   BaseUrl& out);

/// For keys where people write the secret itself.
inline constexpr std::array<KeyHint, 3> kSecretHints{
    {{"apiKey", "a secret is only ever a file reference: write apiKeyFile"},
     {"apikey", "a secret is only ever a file reference: write apiKeyFile"},
     {"token", "a secret is only ever a file reference: write bearerTokenFile or tokenFile"}}};

/// Whether a secret may have been written in place of its file's name; reports it.
bool is_bare_text(const YamlCursor& node, const std::string& name);

}  // namespace authzd
