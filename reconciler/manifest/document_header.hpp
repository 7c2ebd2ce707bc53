// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The two keys with which every document of authzd begins: apiVersion and kind. And the List, which
// Kubernetes' tools wrap documents in.
#pragma once

#include "reconciler/manifest/yaml_cursor.hpp"

#include <string_view>
#include <vector>

namespace authzd {

inline constexpr std::string_view kApiVersion = "authzd/v1";
inline constexpr std::string_view kAuthorizationKind = "Authorization";
inline constexpr std::string_view kAssertionKind = "Assertion";
inline constexpr std::string_view kConfigurationKind = "Configuration";
inline constexpr std::string_view kListKind = "List";

/// What to do about a file that lies among manifests and is none.
inline constexpr std::string_view kNotOursHint =
    "if it is not meant for authzd, list its file in .authzdignore";

/// True where the document is of that kind; every fault of its header is reported. A document of
/// another kind gets that one report, because nothing else in it can be judged.
bool check_header(const YamlCursor& document, std::string_view kind);

/// Whether it says that it is an Assertion, which stands among the manifests.
bool is_assertion_document(const YamlCursor& document);

/// Whether it is a List, in which tools wrap several documents.
bool is_list_document(const YamlCursor& document);

/// The documents in a List; what is wrong with the List itself is reported.
std::vector<YamlCursor> list_items(const YamlCursor& list);

/// The keys that a List may have.
Keys list_keys();

}  // namespace authzd
