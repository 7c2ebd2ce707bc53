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
  std::string name;                     // empty where it is missing or bad
  std::optional<YamlCursor> name_node;  // where it was written
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};

/// Of the whole document; what is wrong is reported.
DocumentMetadata decode_metadata(const YamlMap& document);

Keys metadata_keys();

}  // namespace authzd
