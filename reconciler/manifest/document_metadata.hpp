// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The key `metadata`, which every manifest has.
#pragma once

#include "reconciler/manifest/yaml_cursor.hpp"

#include <map>
#include <optional>
#include <string>

namespace authzd {

struct DocumentMetadata {
  std::string name;                     // empty if it is missing or invalid
  std::optional<YamlCursor> name_node;  // its position
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};

/// Takes the whole document; reports problems.
DocumentMetadata decode_metadata(const YamlMap& document);

Keys metadata_keys();

}  // namespace authzd
