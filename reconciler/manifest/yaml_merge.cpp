// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/yaml_merge.hpp"

#include <string_view>
#include <unordered_set>

namespace authzd {
namespace {

constexpr std::string_view kMergeKey = "<<";

/// In quotes it is an ordinary key.
bool is_merge_key(const YamlNode& key) {
  return key.kind == YamlKind::plain && key.text == kMergeKey;
}

bool is_scalar(const YamlNode& node) {
  return node.kind == YamlKind::plain || node.kind == YamlKind::quoted;
}

class Merging {
 public:
  Merging(YamlTree& tree, std::vector<YamlFault>& faults) : tree_(tree), faults_(faults) {}

  std::vector<MergedNode> take_from(std::uint32_t map) {
    if (!has_merge(map)) return {};
    unlink_merges(map);
    for (const std::uint32_t value : values_) add_value(value);
    return std::move(merged_);
  }

 private:
  [[nodiscard]] YamlNode& node(std::uint32_t index) { return tree_.nodes[index]; }

  [[nodiscard]] std::uint32_t meant(std::uint32_t index) {
    return node(index).kind == YamlKind::alias ? node(index).target : index;
  }

  [[nodiscard]] bool has_merge(std::uint32_t map) {
    for (std::uint32_t i = node(map).first_child; i != YamlNode::kNone; i = node(i).next) {
      if (is_merge_key(node(i))) return true;  // or a value that looks like one, which is harmless
    }
    return false;
  }

  /// Stores the values of the merge keys, and records the remaining keys.
  void unlink_merges(std::uint32_t map) {
    std::uint32_t* link = &node(map).first_child;
    while (*link != YamlNode::kNone) {
      const std::uint32_t key = *link;
      const std::uint32_t value = node(key).next;
      if (value == YamlNode::kNone) return;
      if (is_merge_key(node(key))) {
        take(key, value);
        *link = node(value).next;
      } else {
        note(key);
        link = &node(value).next;
      }
    }
  }

  void take(std::uint32_t key, std::uint32_t value) {
    if (values_.empty()) return values_.push_back(value);
    faults_.push_back({node(key),
                       "merge key (<<) is given twice in one mapping",
                       "write it once, with a list: <<: [*one, *other]"});
  }

  /// False: a key of that name already exists.
  bool note(std::uint32_t key) {
    const YamlNode& named = node(meant(key));
    return !is_scalar(named) || seen_.insert(named.text).second;
  }

  void add_value(std::uint32_t value) {
    const std::uint32_t target = meant(value);
    if (node(target).kind != YamlKind::list) return add_mapping(value, value);
    // If an alias refers to the whole list, its items get the alias's position.
    for (std::uint32_t i = node(target).first_child; i != YamlNode::kNone; i = node(i).next) {
      add_mapping(i, target == value ? i : value);
    }
  }

  void add_mapping(std::uint32_t mapping, std::uint32_t place) {
    const std::uint32_t target = meant(mapping);
    if (node(target).kind != YamlKind::map) {
      faults_.push_back({node(place),
                         "a merge key (<<) takes a mapping, or a list of mappings",
                         "write <<: *anchor, where the anchor names a mapping"});
      return;
    }
    const bool is_in_place = target == place;  // written inline after the merge key
    for (std::uint32_t key = node(target).first_child; key != YamlNode::kNone;) {
      const std::uint32_t value = node(key).next;
      if (value == YamlNode::kNone) return;
      if (note(key)) {
        merged_.push_back({meant(key), is_in_place ? key : place});
        merged_.push_back({meant(value), is_in_place ? value : place});
      }
      key = node(value).next;
    }
  }

  YamlTree& tree_;
  std::vector<YamlFault>& faults_;
  std::unordered_set<std::string_view> seen_;
  std::vector<std::uint32_t> values_;
  std::vector<MergedNode> merged_;
};

}  // namespace

std::vector<MergedNode> take_merges(YamlTree& tree,
                                    std::uint32_t map,
                                    std::vector<YamlFault>& faults) {
  return Merging(tree, faults).take_from(map);
}

}  // namespace authzd
