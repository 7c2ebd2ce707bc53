// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/document_header.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

std::optional<YamlCursor> value_of(const YamlCursor& document, std::string_view key) {
  for (const auto& [name, value] : document.entries()) {
    if (name.raw_text() == key) return value;
  }
  return std::nullopt;
}

std::string wrong_kind_hint(std::string_view found, std::string_view wanted) {
  if (found == kConfigurationKind) {
    return "the configuration is given with --config; keep it out of the manifests' paths";
  }
  if (found == kAuthorizationKind) return "this is a manifest; the configuration is another file";
  const std::array known{wanted};
  const auto meant = did_you_mean(found.substr(0, 60), known);
  return meant ? "did you mean \"" + *meant + "\"?" : "write kind: " + std::string(wanted);
}

bool check_kind(const YamlCursor& document, std::string_view wanted) {
  const auto kind = value_of(document, "kind");
  if (!kind || kind->is_nothing()) {
    document.error("missing key \"kind\"", "write kind: " + std::string(wanted));
    return false;
  }
  const auto text = kind->text();
  if (!text) return false;
  if (*text == wanted) return true;
  kind->error(
      "a document of kind " + quoted(*text) + ", where only " + std::string(wanted) + " is read",
      wrong_kind_hint(*text, wanted));
  return false;
}

void check_version(const YamlCursor& document) {
  const std::string hint = "write apiVersion: " + std::string(kApiVersion);
  const auto version = value_of(document, "apiVersion");
  if (!version || version->is_nothing()) {
    document.error("missing key \"apiVersion\"", hint);
    return;
  }
  const auto text = version->text();
  if (text && *text != kApiVersion) version->error("unknown apiVersion " + quoted(*text), hint);
}

}  // namespace

bool check_header(const YamlCursor& document, std::string_view kind) {
  if (!document.is_map()) {
    const std::string expected = "expected a document with apiVersion and kind, got ";
    if (document.is_list() || document.is_nothing()) {
      document.error(expected + document.what());
    } else {
      document.error_unshown(expected + "text, which is not shown: it may be a key or a token");
    }
    return false;
  }
  if (!check_kind(document, kind)) return false;
  check_version(document);
  return true;
}

}  // namespace authzd
