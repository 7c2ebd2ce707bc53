// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Merge keys: `<<: *defaults` stands for the keys of another mapping, or of a list of them. A key
// that the map has itself wins, then that of the first mapping. Internal to this module.
#pragma once

#include "reconciler/manifest/yaml_tree.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace authzd {

/// Something in a tree that has to be reported once its document is known.
struct YamlFault {
  YamlNode at;
  std::string_view message;  // both literals: a file may have many
  std::string_view hint;
};

/// A node that another map has, and where it is to be shown: at the alias that brought it.
struct MergedNode {
  std::uint32_t node = YamlNode::kNone;  // never an alias
  std::uint32_t place = YamlNode::kNone;
};

/// Takes the merge keys out of a map whose children are all there, and returns what they bring:
/// key, value, key, value, … Looks once at each key of the map and of the mappings that it merges.
std::vector<MergedNode> take_merges(YamlTree& tree,
                                    std::uint32_t map,
                                    std::vector<YamlFault>& faults);

}  // namespace authzd
