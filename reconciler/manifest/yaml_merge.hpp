// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Merge keys: `<<: *defaults` adds the keys of another mapping, or of a list of them. The map's own
// keys take precedence, then those of the first mapping. Internal to this module.
#pragma once

#include "reconciler/manifest/yaml_tree.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace authzd {

/// A problem in a tree, reported once its document is known.
struct YamlFault {
  YamlNode at;
  std::string_view message;  // both literals: a file may have many
  std::string_view hint;
};

/// A node of another map, and its position: that of the alias that brought it.
struct MergedNode {
  std::uint32_t node = YamlNode::kNone;  // never an alias
  std::uint32_t place = YamlNode::kNone;
};

/// Removes the merge keys from a complete map, and returns what they add: key, value, key, value, …
/// Visits each key of the map and of the merged mappings once.
std::vector<MergedNode> take_merges(YamlTree& tree,
                                    std::uint32_t map,
                                    std::vector<YamlFault>& faults);

}  // namespace authzd
