// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The start of every authzd document: the keys apiVersion and kind, and `metadata`, which every
// manifest has. Also the List, in which Kubernetes tools wrap documents.
#pragma once

#include "reconciler/manifest/yaml_cursor.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

inline constexpr std::string_view kApiVersion = "authzd/v1";
inline constexpr std::string_view kAuthorizationKind = "Authorization";
inline constexpr std::string_view kAssertionKind = "Assertion";
inline constexpr std::string_view kConfigurationKind = "Configuration";
inline constexpr std::string_view kFleetKind = "Fleet";
inline constexpr std::string_view kListKind = "List";

/// The hint for a file among manifests that is not one.
inline constexpr std::string_view kNotOursHint =
    "if it is not meant for authzd, list its file in .authzdignore";

/// True if the document is of that kind; reports every problem of its header. A document of another
/// kind gets only this report, because nothing else in it can be checked.
bool check_header(const YamlCursor& document, std::string_view kind);

/// True if the document claims to be an Assertion, which is allowed among manifests.
bool is_assertion_document(const YamlCursor& document);

/// True if the document claims to be a Fleet: a list of accounts, which is no manifest, and may lie
/// among manifests.
bool is_fleet_document(const YamlCursor& document);

/// True if it is a List, in which tools wrap several documents.
bool is_list_document(const YamlCursor& document);

/// The documents in a List; reports problems of the List itself.
std::vector<YamlCursor> list_items(const YamlCursor& list);

/// The keys that a List may have.
Keys list_keys();

struct DocumentMetadata {
  std::string name;                     // empty if it is missing or invalid
  std::optional<YamlCursor> name_node;  // its position
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::string owner;
};

/// Takes the whole document; reports problems.
DocumentMetadata decode_metadata(const YamlMap& document);

Keys metadata_keys();

}  // namespace authzd
