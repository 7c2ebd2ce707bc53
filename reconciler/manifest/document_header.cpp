// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/document_header.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/value_checks.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

namespace authzd {
namespace {

constexpr std::string_view kListVersion = "v1";
constexpr std::array<std::string_view, 4> kListKeys{"apiVersion", "kind", "metadata", "items"};

std::optional<YamlCursor> value_of(const YamlCursor& document, std::string_view key) {
  for (const auto& [name, value] : document.entries()) {
    if (name.raw_text() == key) return value;
  }
  return std::nullopt;
}

enum class Maker { us, unknown, another };

/// The program that the header names.
Maker maker_of(const YamlCursor& document) {
  const auto version = value_of(document, "apiVersion");
  if (!version || version->is_nothing()) return Maker::unknown;
  return version->raw_text().starts_with("authzd/") ? Maker::us : Maker::another;
}

/// Other programs' files are expected only among manifests.
std::string hint_for(const YamlCursor& document, std::string hint, std::string_view wanted) {
  const Maker maker = wanted == kAuthorizationKind ? maker_of(document) : Maker::us;
  if (maker == Maker::us) return hint;
  if (maker == Maker::another) return std::string(kNotOursHint);
  return hint + "; " + std::string(kNotOursHint);
}

std::string wrong_kind_hint(std::string_view found, std::string_view wanted) {
  const bool is_manifest = found == kAuthorizationKind || found == kAssertionKind;
  if (is_manifest && wanted == kConfigurationKind)
    return "this is a manifest; the configuration is another file";
  const std::array known{wanted, kAssertionKind};
  const std::size_t kinds = wanted == kAuthorizationKind ? 2 : 1;  // kinds that are accepted there
  const auto meant = did_you_mean(found.substr(0, 60), std::span(known).first(kinds));
  return meant ? "did you mean \"" + *meant + "\"?" : "write kind: " + std::string(wanted);
}

bool check_kind(const YamlCursor& document, std::string_view wanted) {
  const auto kind = value_of(document, "kind");
  if (!kind || kind->is_nothing()) {
    document.error("missing key \"kind\"",
                   hint_for(document, "write kind: " + std::string(wanted), wanted));
    return false;
  }
  const auto text = kind->text();
  if (!text) return false;
  if (*text == wanted) return true;
  const std::string hint = *text == kConfigurationKind
                               ? "the configuration is given with --config; keep it out of the "
                                 "manifests' paths, or list "
                                 "its file in .authzdignore"
                               : hint_for(document, wrong_kind_hint(*text, wanted), wanted);
  const bool is_among_manifests = wanted == kAuthorizationKind;
  kind->error(
      "a document of kind " + quoted(*text) + ", where only " + std::string(wanted) +
          (is_among_manifests ? " and " + std::string(kAssertionKind) + " are read" : " is read"),
      hint);
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

bool is_assertion_document(const YamlCursor& document) {
  const auto kind = value_of(document, "kind");
  return kind && kind->raw_text() == kAssertionKind;
}

bool is_fleet_document(const YamlCursor& document) {
  const auto kind = value_of(document, "kind");
  return kind && kind->raw_text() == kFleetKind && maker_of(document) == Maker::us;
}

bool is_list_document(const YamlCursor& document) {
  const auto kind = value_of(document, "kind");
  return kind && kind->raw_text() == kListKind;
}

std::vector<YamlCursor> list_items(const YamlCursor& list) {
  const YamlMap map(list, kListKeys, "the List");
  if (const auto version = map.require("apiVersion", "write apiVersion: v1")) {
    const auto text = version->text();
    if (text && *text != kListVersion && *text != kApiVersion) {
      version->error("unknown apiVersion " + quoted(*text) + " of a List", "write apiVersion: v1");
    }
  }
  const auto items = map.require("items", "a List of no documents has items: []");
  auto documents = items ? items->list() : std::nullopt;
  if (!documents) return {};
  std::erase_if(*documents, [](const YamlCursor& item) { return item.is_nothing(); });
  return std::move(*documents);
}

Keys list_keys() {
  return kListKeys;
}

bool check_header(const YamlCursor& document, std::string_view kind) {
  if (!document.is_map()) {
    const std::string expected = "expected a document with apiVersion and kind, got ";
    const std::string hint(kind == kAuthorizationKind ? kNotOursHint : "");
    if (document.is_list() || document.is_nothing()) {
      document.error(expected + document.what(), hint);
    } else {
      document.error_unshown(expected + "text, which is not shown: it may be a key or a token",
                             hint);
    }
    return false;
  }
  if (!check_kind(document, kind)) return false;
  check_version(document);
  return true;
}

namespace {

// `accounts` is account_selector's.
constexpr std::array<std::string_view, 6> kMetadataKeys{
    "name", "owner", "labels", "annotations", "namespace", "accounts"};

using Texts = std::map<std::string, std::string>;

Texts decode_texts(const YamlCursor& node, const std::string& what) {
  Texts texts;
  if (!node.is_map()) {
    node.error("expected a mapping (" + what + "), got " + node.what(),
               "write " + what + ": {team: storage}");
    return texts;
  }
  for (const auto& [key, value] : node.entries()) {
    const auto name = key.text();
    const auto text = value.text();
    if (!name || !text) continue;
    if (!texts.emplace(*name, *text).second) {
      key.error("key " + quoted(*name) + " is given twice in " + what);
    }
  }
  return texts;
}

/// Fields that Kustomize, Helm and kubectl write beside a name. authzd ignores them; they may be
/// empty.
void read_foreign_metadata(const YamlMap& metadata, DocumentMetadata& out) {
  const auto annotations = metadata.peek("annotations");
  if (annotations) out.annotations = decode_texts(*annotations, "annotations");
  const auto name = metadata.peek("namespace");
  if (name) std::ignore = name->text();
}

}  // namespace

DocumentMetadata decode_metadata(const YamlMap& document) {
  DocumentMetadata out;
  const auto node = document.require("metadata", "write metadata: {name: …}");
  if (!node) return out;
  const YamlMap metadata(*node, kMetadataKeys, "metadata");
  if (const auto name = metadata.require("name")) {
    const auto text = name->text();
    if (text && check_name(*name, *text, "metadata.name")) out.name = *text;
    out.name_node = *name;
  }
  if (const auto owner = metadata.find("owner")) {
    if (const auto text = decode_line(*owner, "metadata.owner", kMaxOwnerLength)) out.owner = *text;
  }
  if (const auto labels = metadata.find("labels")) out.labels = decode_texts(*labels, "labels");
  std::ignore = metadata.find("accounts");
  read_foreign_metadata(metadata, out);
  return out;
}

Keys metadata_keys() {
  return kMetadataKeys;
}

}  // namespace authzd
