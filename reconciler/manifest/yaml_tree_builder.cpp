// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/yaml_tree_builder.hpp"

#include "reconciler/manifest/yaml_text.hpp"

#include <yaml-cpp/mark.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

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

int Columns::column(std::size_t line_begin, std::size_t offset) {
  offset = std::min(offset, text_.size());
  if (line_begin != line_begin_ || offset < offset_) {
    line_begin_ = line_begin;
    offset_ = std::min(line_begin, offset);
    characters_ = 0;
  }
  characters_ += count_characters(text_.substr(offset_, offset - offset_));
  offset_ = offset;
  return static_cast<int>(characters_) + 1;
}

void YamlTreeBuilder::begin_at(std::size_t offset, int line) {
  begin_ = offset;
  first_line_ = line;
  document_pos_ = -1;
}

YamlNode YamlTreeBuilder::at(const YAML::Mark& mark) {
  YamlNode node;
  const auto offset = begin_ + static_cast<std::size_t>(std::max(mark.pos, 0));
  const auto line_begin =
      offset - std::min(offset, static_cast<std::size_t>(std::max(mark.column, 0)));
  node.offset = static_cast<std::uint32_t>(offset);
  node.line = first_line_ + std::max(mark.line, 0) + 1;
  node.column = columns_.column(line_begin, offset);
  return node;
}

void YamlTreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  // yaml-cpp does not skip some stray tokens, and would return empty documents before them
  // endlessly.
  if (mark.pos == document_pos_) throw StrayToken{at(mark)};
  document_pos_ = mark.pos;
  open_.clear();
  anchors_.clear();
  aliases_ = 0;
}

void YamlTreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  add(at(mark), YamlKind::nothing, anchor);
}

void YamlTreeBuilder::OnScalar(const YAML::Mark& mark,
                               const std::string& tag,
                               YAML::anchor_t anchor,
                               const std::string& value) {
  YamlNode node = at(mark);
  const bool is_merge_key = tag == "tag:yaml.org,2002:merge" && value == "<<";  // as yq writes it
  if (!is_merge_key) check_tag(node, tag, "tag:yaml.org,2002:str");
  node.text = value;
  add(std::move(node), tag == "?" || is_merge_key ? YamlKind::plain : YamlKind::quoted, anchor);
}

void YamlTreeBuilder::OnSequenceStart(const YAML::Mark& mark,
                                      const std::string& tag,
                                      YAML::anchor_t anchor,
                                      YAML::EmitterStyle::value) {
  open(mark, tag, anchor, YamlKind::list, "tag:yaml.org,2002:seq");
}

void YamlTreeBuilder::OnMapStart(const YAML::Mark& mark,
                                 const std::string& tag,
                                 YAML::anchor_t anchor,
                                 YAML::EmitterStyle::value) {
  open(mark, tag, anchor, YamlKind::map, "tag:yaml.org,2002:map");
}

void YamlTreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  YamlNode node = at(mark);
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw LimitReached{node, "an alias without its anchor"};
  const YamlNode& target = tree_.nodes[found->second];
  if (!target.closed) throw LimitReached{node, "an alias that stands inside its own anchor"};
  if (++aliases_ > limits_.max_aliases) {
    throw LimitReached{
        node, "more than " + std::to_string(limits_.max_aliases) + " aliases in one document"};
  }
  node.target = found->second;
  node.size = target.size;
  node.height = target.height;
  add(std::move(node), YamlKind::alias, 0);
}

void YamlTreeBuilder::check_tag(const YamlNode& node,
                                const std::string& tag,
                                std::string_view allowed) {
  if (tag.empty() || tag == "?" || tag == "!" || tag == allowed) return;
  faults_.push_back({node, "YAML tags are not supported", "write the value without the tag"});
}

void YamlTreeBuilder::open(const YAML::Mark& mark,
                           const std::string& tag,
                           YAML::anchor_t anchor,
                           YamlKind kind,
                           std::string_view allowed) {
  YamlNode node = at(mark);
  check_tag(node, tag, allowed);
  const std::uint32_t index = add(std::move(node), kind, anchor);
  tree_.nodes[index].closed = false;
  open_.push_back({index, YamlNode::kNone});
}

void YamlTreeBuilder::OnMapEnd() {
  merge(open_.back().index);
  close();
}

/// Merged nodes are added like aliases, and count as such against the limits.
void YamlTreeBuilder::merge(std::uint32_t map) {
  const auto merged = take_merges(tree_, map, faults_);
  if (merged.empty()) return;
  Open& parent = open_.back();
  parent.last_child = YamlNode::kNone;
  for (std::uint32_t i = tree_.nodes[map].first_child; i != YamlNode::kNone;
       i = tree_.nodes[i].next) {
    parent.last_child = i;
  }
  for (const MergedNode& each : merged) {
    const YamlNode& place = tree_.nodes[each.place];
    const YamlNode& target = tree_.nodes[each.node];
    YamlNode node;
    node.line = place.line;
    node.column = place.column;
    node.offset = place.offset;
    node.target = each.node;
    node.size = target.size;
    node.height = target.height;
    add(std::move(node), YamlKind::alias, 0);
  }
}

void YamlTreeBuilder::close() {
  const std::uint32_t index = open_.back().index;
  open_.pop_back();
  YamlNode& node = tree_.nodes[index];
  for (std::uint32_t i = node.first_child; i != YamlNode::kNone; i = tree_.nodes[i].next) {
    node.size += tree_.nodes[i].size;
    node.height = std::max(node.height, tree_.nodes[i].height + 1);
  }
  node.closed = true;
}

std::uint32_t YamlTreeBuilder::add(YamlNode node, YamlKind kind, YAML::anchor_t anchor) {
  expanded_ += node.size;
  if (expanded_ > limits_.max_nodes) {
    throw LimitReached{node, "more than " + std::to_string(limits_.max_nodes) + " nodes"};
  }
  if (open_.size() + node.height > limits_.max_depth) {
    throw LimitReached{node,
                       "nested more than " + std::to_string(limits_.max_depth) + " levels deep"};
  }
  node.kind = kind;
  node.closed = true;
  const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
  tree_.nodes.push_back(std::move(node));
  if (anchor != 0) anchors_[anchor] = index;
  link(index);
  return index;
}

void YamlTreeBuilder::link(std::uint32_t index) {
  if (open_.empty()) {
    root_ = index;
    return;
  }
  Open& parent = open_.back();
  if (parent.last_child == YamlNode::kNone) {
    tree_.nodes[parent.index].first_child = index;
  } else {
    tree_.nodes[parent.last_child].next = index;
  }
  parent.last_child = index;
}

}  // namespace authzd
