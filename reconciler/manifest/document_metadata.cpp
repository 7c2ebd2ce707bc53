// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/document_metadata.hpp"

#include "reconciler/manifest/value_checks.hpp"

#include <array>
#include <string_view>
#include <tuple>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kMetadataKeys{
    "name", "labels", "annotations", "namespace"};

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
  if (const auto labels = metadata.find("labels")) out.labels = decode_texts(*labels, "labels");
  read_foreign_metadata(metadata, out);
  return out;
}

Keys metadata_keys() {
  return kMetadataKeys;
}

}  // namespace authzd
