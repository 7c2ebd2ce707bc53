// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Builds the tree of a YAML file from the parser's events, without a second copy in a YAML::Node.
// Merge keys, `<<: *defaults`, add the keys of another mapping, or of a list of them; the map's own
// keys take precedence, then those of the first mapping. Internal to this module.
#pragma once

#include "reconciler/manifest/source_file.hpp"
#include "reconciler/manifest/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
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

/// Thrown from the parser's callbacks, before the parser recurses any deeper.
struct LimitReached {
  YamlNode at;
  std::string message;
};

/// Likewise; the documents before it are complete.
struct StrayToken {
  YamlNode at;
};

/// Converts byte columns to character columns. Marks come nearly in order, so it continues from the
/// last one: a file with one long line takes linear time.
class Columns {
 public:
  explicit Columns(std::string_view text) : text_(text) {}

  int column(std::size_t line_begin, std::size_t offset);

 private:
  std::string_view text_;
  std::size_t line_begin_ = 0;
  std::size_t offset_ = 0;
  std::size_t characters_ = 0;
};

class YamlTreeBuilder final : public YAML::EventHandler {
 public:
  YamlTreeBuilder(YamlTree& tree, const LoadLimits& limits)
      : tree_(tree), limits_(limits), columns_(tree.text) {}

  /// The parser restarts at this offset, which begins line `line` (from 0).
  void begin_at(std::size_t offset, int line);

  YamlNode at(const YAML::Mark& mark);

  /// Unsupported tags, and merge keys without a mapping.
  [[nodiscard]] const std::vector<YamlFault>& faults() const { return faults_; }

  /// The innermost open list or map; null between documents.
  [[nodiscard]] const YamlNode* innermost() const {
    return open_.empty() ? nullptr : &tree_.nodes[open_.back().index];
  }

  /// The root of the document that has just ended.
  [[nodiscard]] std::uint32_t root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;

 private:
  struct Open {
    std::uint32_t index;
    std::uint32_t last_child;
  };

  void check_tag(const YamlNode& node, const std::string& tag, std::string_view allowed);
  void open(const YAML::Mark& mark,
            const std::string& tag,
            YAML::anchor_t anchor,
            YamlKind kind,
            std::string_view allowed);
  void close();
  void merge(std::uint32_t map);
  std::uint32_t add(YamlNode node, YamlKind kind, YAML::anchor_t anchor);
  void link(std::uint32_t index);

  YamlTree& tree_;
  const LoadLimits& limits_;
  Columns columns_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, std::uint32_t> anchors_;
  std::vector<YamlFault> faults_;
  std::size_t begin_ = 0;
  int first_line_ = 0;
  int document_pos_ = -1;
  std::size_t aliases_ = 0;   // of this document
  std::size_t expanded_ = 0;  // of the file
  std::uint32_t root_ = YamlNode::kNone;
};

}  // namespace authzd
