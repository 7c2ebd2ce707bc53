// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/yaml_cursor.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/yaml_text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <streambuf>
#include <unordered_map>

namespace authzd {
namespace {

constexpr std::size_t kMaxReports = 1'000;  // a file; beyond, more would help nobody

/// Thrown out of the parser's callbacks, before the parser recurses any deeper.
struct LimitReached {
  YamlNode at;
  std::string message;
};

/// Likewise; the documents before it are whole.
struct StrayToken {
  YamlNode at;
};

/// Lets a stream read a part of a text that someone else keeps.
class TextBuffer final : public std::streambuf {
 public:
  TextBuffer(std::string& text, std::size_t begin, std::size_t end) {
    setg(text.data() + begin, text.data() + begin, text.data() + end);
  }
};

/// Turns byte columns into character columns. Marks come nearly in order, so it goes on from the
/// last one: a file of one long line stays linear.
class Columns {
 public:
  explicit Columns(std::string_view text) : text_(text) {}

  int column(std::size_t line_begin, std::size_t offset) {
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

 private:
  std::string_view text_;
  std::size_t line_begin_ = 0;
  std::size_t offset_ = 0;
  std::size_t characters_ = 0;
};

}  // namespace

/// Builds the tree from the parser's events; there is no YAML::Node, and so no second copy.
class YamlTreeBuilder final : public YAML::EventHandler {
 public:
  YamlTreeBuilder(YamlTree& tree, const LoadLimits& limits)
      : tree_(tree), limits_(limits), columns_(tree.text) {}

  /// The parser begins anew at this offset, where line `line` (from 0) begins.
  void begin_at(std::size_t offset, int line) {
    begin_ = offset;
    first_line_ = line;
    document_pos_ = -1;
  }

  YamlNode at(const YAML::Mark& mark) {
    YamlNode node;
    const auto offset = begin_ + static_cast<std::size_t>(std::max(mark.pos, 0));
    const auto line_begin =
        offset - std::min(offset, static_cast<std::size_t>(std::max(mark.column, 0)));
    node.offset = static_cast<std::uint32_t>(offset);
    node.line = first_line_ + std::max(mark.line, 0) + 1;
    node.column = columns_.column(line_begin, offset);
    return node;
  }

  /// Tagged nodes, which nobody here can make sense of.
  [[nodiscard]] const std::vector<YamlNode>& tagged() const { return tagged_; }

  /// The list or map that is open; nothing between documents.
  [[nodiscard]] const YamlNode* innermost() const {
    return open_.empty() ? nullptr : &tree_.nodes[open_.back().index];
  }

  /// The root of the document that has just ended.
  [[nodiscard]] std::uint32_t root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp does not step over some stray tokens, and finds an empty document before them for
    // ever.
    if (mark.pos == document_pos_) throw StrayToken{at(mark)};
    document_pos_ = mark.pos;
    open_.clear();
    anchors_.clear();
    aliases_ = 0;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(at(mark), YamlKind::nothing, anchor);
  }
  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = at(mark);
    check_tag(node, tag, "tag:yaml.org,2002:str");
    node.text = value;
    add(std::move(node), tag == "?" ? YamlKind::plain : YamlKind::quoted, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlKind::list, "tag:yaml.org,2002:seq");
  }
  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlKind::map, "tag:yaml.org,2002:map");
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
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

 private:
  struct Open {
    std::uint32_t index;
    std::uint32_t last_child;
  };

  void check_tag(const YamlNode& node, const std::string& tag, std::string_view allowed) {
    if (!tag.empty() && tag != "?" && tag != "!" && tag != allowed) tagged_.push_back(node);
  }

  void open(const YAML::Mark& mark,
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

  void close() {
    const std::uint32_t index = open_.back().index;
    open_.pop_back();
    YamlNode& node = tree_.nodes[index];
    for (std::uint32_t i = node.first_child; i != YamlNode::kNone; i = tree_.nodes[i].next) {
      node.size += tree_.nodes[i].size;
      node.height = std::max(node.height, tree_.nodes[i].height + 1);
    }
    node.closed = true;
  }

  std::uint32_t add(YamlNode node, YamlKind kind, YAML::anchor_t anchor) {
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

  void link(std::uint32_t index) {
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

  YamlTree& tree_;
  const LoadLimits& limits_;
  Columns columns_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, std::uint32_t> anchors_;
  std::vector<YamlNode> tagged_;
  std::size_t begin_ = 0;
  int first_line_ = 0;
  int document_pos_ = -1;
  std::size_t aliases_ = 0;   // of this document
  std::size_t expanded_ = 0;  // of the file
  std::uint32_t root_ = YamlNode::kNone;
};

namespace {

/// yaml-cpp takes the end of its text for a missing closing quote. That can only concern the last
/// scalar, which then reaches to that end. Nodes before `first` are of other documents.
const YamlNode* find_open_quote(const YamlTree& tree, std::size_t first, std::size_t end) {
  const auto stop = tree.nodes.rend() - static_cast<std::ptrdiff_t>(first);
  const auto last = std::find_if(tree.nodes.rbegin(), stop, [](const YamlNode& node) {
    return node.kind == YamlKind::plain || node.kind == YamlKind::quoted;
  });
  if (last == stop || last->offset >= end) return nullptr;
  const char quote = tree.text[last->offset];
  if (last->kind != YamlKind::quoted || (quote != '\'' && quote != '"')) return nullptr;
  for (std::size_t at = last->offset + 1; at < end; ++at) {
    if (quote == '"' && tree.text[at] == '\\') {
      ++at;
    } else if (tree.text[at] == quote) {
      if (quote == '"' || at + 1 == end || tree.text[at + 1] != '\'') return nullptr;
      ++at;
    }
  }
  return &*last;
}

}  // namespace

YamlFile::YamlFile(const SourceFile& file,
                   const LoadLimits& limits,
                   std::vector<Diagnostic>& problems)
    : name_(file.name), problems_(problems) {
  if (file.text.size() > limits.max_file_bytes) {
    report_file("the file has " + std::to_string(file.text.size()) + " bytes; the limit is " +
                std::to_string(limits.max_file_bytes));
    return;
  }
  tree_.text = normalise_line_ends(file.text);
  if (const auto bad = find_bad_byte(tree_.text)) {
    const std::string_view before = std::string_view(tree_.text).substr(0, bad->offset);
    const std::size_t newline = before.rfind('\n');
    YamlNode at;
    at.offset = static_cast<std::uint32_t>(bad->offset);
    at.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
    at.column = static_cast<int>(count_characters(
                    before.substr(newline == std::string_view::npos ? 0 : newline + 1))) +
                1;
    report(Severity::error, at, bad->message, "a YAML file is UTF-8 text");
    return;
  }
  parse(limits);
}

void YamlFile::parse(const LoadLimits& limits) {
  YamlTreeBuilder builder(tree_, limits);
  const std::string_view text = tree_.text;
  int line = 0;
  // One after the other, so that a syntax error in one hides none of the others.
  for (std::size_t begin = 0; begin < text.size() && reported_ <= kMaxReports;) {
    const std::size_t end = document_end(text, begin);
    builder.begin_at(begin, line);
    if (!parse_part(begin, end, builder)) break;
    line += static_cast<int>(std::count(text.begin() + begin, text.begin() + end, '\n'));
    begin = end;
  }
  for (const YamlNode& node : builder.tagged()) {
    report(Severity::error, node, "YAML tags are not supported", "write the value without the tag");
  }
}

bool YamlFile::parse_part(std::size_t begin, std::size_t end, YamlTreeBuilder& builder) {
  const std::size_t first = tree_.nodes.size();
  try {
    TextBuffer buffer(tree_.text, begin, end);
    std::istream input(&buffer);
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) tree_.roots.push_back(builder.root());
    if (const YamlNode* open = find_open_quote(tree_, first, end)) {
      tree_.roots.pop_back();
      report(Severity::error, *open, "invalid YAML: a quote is opened and never closed");
    }
  } catch (const LimitReached& limit) {
    tree_.roots.clear();
    report(Severity::error, limit.at, limit.message);
    return false;
  } catch (const StrayToken& stray) {
    report(Severity::error, stray.at, "invalid YAML: this belongs to nothing");
  } catch (const YAML::Exception& exception) {
    report_syntax(exception.msg, builder.at(exception.mark), builder.innermost());
  } catch (const std::exception& exception) {
    report_file("invalid YAML: " + printable(exception.what()));
    return false;
  }
  return true;
}

void YamlFile::report_syntax(const std::string& message,
                             const YamlNode& at,
                             const YamlNode* innermost) const {
  const bool in_brackets = message.find("flow not found") != std::string::npos;
  if (in_brackets && innermost != nullptr && innermost->offset < tree_.text.size()) {
    const std::string bracket(1, tree_.text[innermost->offset]);
    report(Severity::error,
           *innermost,
           "invalid YAML: a \"" + bracket + "\" is opened and never closed",
           "or a comma is missing before line " + std::to_string(at.line) + ", column " +
               std::to_string(at.column));
    return;
  }
  report(
      Severity::error, at, "invalid YAML: " + message, syntax_hint(tree_.text, at.offset, message));
}

std::vector<YamlCursor> YamlFile::documents() const {
  std::vector<YamlCursor> documents;
  for (const std::uint32_t root : tree_.roots) {
    const YamlCursor document(*this, root);
    if (!document.is_nothing()) documents.push_back(document);
  }
  return documents;
}

void YamlFile::report(Severity severity,
                      const YamlNode& at,
                      std::string message,
                      std::string hint) const {
  if (++reported_ > kMaxReports) return;
  if (reported_ == kMaxReports) {
    report_file("more than " + std::to_string(kMaxReports) + " problems; the rest is not shown");
    return;
  }
  Diagnostic diagnostic{
      severity, {name_, at.line, at.column}, std::move(message), std::move(hint), "", 0};
  attach_source(diagnostic, tree_.text, at.offset);
  problems_.push_back(std::move(diagnostic));
}

void YamlFile::report_unshown(const YamlNode& at, std::string message, std::string hint) const {
  problems_.push_back(
      {Severity::error, {name_, at.line, at.column}, std::move(message), std::move(hint), "", 0});
}

void YamlFile::report_file(std::string message) const {
  problems_.push_back({Severity::error, {name_, 0, 0}, std::move(message), "", "", 0});
}

}  // namespace authzd
