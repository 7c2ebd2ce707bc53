// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reading YAML with positions: the one door to yaml-cpp, shared by manifests and configuration.
// Types are decided here, not by the parser, and every problem is a diagnostic; nothing throws.
#pragma once

#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/manifest/yaml_tree.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

class YamlCursor;
class YamlTreeBuilder;

/// One file, parsed within its limits, document by document. What is wrong with it goes to
/// `problems`, which outlives it, as `limits` does.
class YamlFile {
 public:
  YamlFile(const SourceFile& file, const LoadLimits& limits, std::vector<Diagnostic>& problems);
  YamlFile(const YamlFile&) = delete;
  YamlFile& operator=(const YamlFile&) = delete;
  ~YamlFile();

  /// Parses one more document. False: there is none left, and the documents are ready.
  bool parse_next();

  /// The documents that hold something and parse; none where the file goes beyond a limit.
  [[nodiscard]] std::vector<YamlCursor> documents() const;

 private:
  friend class YamlCursor;
  void report(Severity severity,
              const YamlNode& at,
              std::string message,
              std::string hint = {}) const;
  void report_unshown(const YamlNode& at, std::string message, std::string hint) const;
  void report_file(std::string message) const;
  void report_syntax(const std::string& message,
                     const YamlNode& at,
                     const YamlNode* innermost) const;
  void end_parsing();

  /// The document between two offsets; false where it makes no sense to go on behind it.
  bool parse_part(std::size_t begin, std::size_t end);
  void report_size(std::size_t begin, std::size_t end) const;

  /// Whether the line at `offset` may be shown: it is of a document of ours.
  [[nodiscard]] bool may_show(std::size_t offset) const;

  /// A document, and whether it is one of ours.
  struct Judged {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_ours = false;
  };

  std::string name_;
  YamlTree tree_;
  std::vector<Diagnostic>& problems_;
  std::size_t most_bytes_ = 0;                // of a document
  std::unique_ptr<YamlTreeBuilder> builder_;  // null: parsed, or not worth it
  std::size_t next_ = 0;                      // where the next document begins
  int next_line_ = 0;                         // and its line, from 0
  mutable Judged judged_;                     // the document that was asked about last
  mutable std::size_t reported_ = 0;
};

/// A node of a file, cheap to copy; the file must outlive it. A getter that finds another type than
/// the one asked for reports that, and returns nothing.
class YamlCursor {
 public:
  /// Of the alias, where an alias led here.
  [[nodiscard]] SourcePos position() const;

  [[nodiscard]] bool is_nothing() const { return node().kind == YamlKind::nothing; }
  [[nodiscard]] bool is_map() const { return node().kind == YamlKind::map; }
  [[nodiscard]] bool is_list() const { return node().kind == YamlKind::list; }

  /// The scalar as it stands, whatever its type; empty for a list or a map.
  [[nodiscard]] const std::string& raw_text() const { return node().text; }

  /// "a list", "the number 5", "\"yes\"": for messages.
  [[nodiscard]] std::string what() const;

  /// Free of control characters other than line feed and tab. A plain scalar that YAML readers take
  /// for a number, a boolean or null is not text: it has to be quoted.
  [[nodiscard]] std::optional<std::string> text() const;

  /// As text, but a plain scalar is taken as it stands even where it looks like a number: for ids,
  /// whose form leaves no doubt (32 hex digits may all be decimal, or read 12e34…).
  [[nodiscard]] std::optional<std::string> id_text() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::uint64_t> integer(std::uint64_t least, std::uint64_t most) const;
  [[nodiscard]] std::optional<std::vector<YamlCursor>> list(std::string_view hint = {}) const;

  /// The items of a list of text; those that are not text are reported and left out.
  [[nodiscard]] std::vector<std::string> texts() const;

  /// Keys and values in the order of the file, those that a merge key (<<) brought last; reports
  /// nothing and is empty where this is no map.
  [[nodiscard]] std::vector<std::pair<YamlCursor, YamlCursor>> entries() const;

  void error(std::string message, std::string hint = {}) const;
  void warning(std::string message, std::string hint = {}) const;

  /// Without the line of the file: what stands there may be a secret.
  void error_unshown(std::string message, std::string hint = {}) const;

 private:
  friend class YamlFile;
  friend class YamlMap;
  YamlCursor(const YamlFile& file, std::uint32_t index);
  [[nodiscard]] const YamlNode& node() const { return file_->tree_.nodes[index_]; }
  [[nodiscard]] const YamlNode& place() const { return file_->tree_.nodes[place_]; }
  void expected(std::string_view type, std::string hint = {}) const;

  const YamlFile* file_;
  std::uint32_t index_;  // never an alias
  std::uint32_t place_;  // the alias that led here, else the same
};

using Keys = std::span<const std::string_view>;

/// What to say to a key that does not belong here, but is often written here.
struct KeyHint {
  std::string_view key;
  std::string_view hint;
};

/// A map with a fixed set of keys. Making one reports a node that is no map, a key that is given
/// twice, and each unknown key, with the one that was probably meant.
class YamlMap {
 public:
  /// `name` is what messages call this map: "spec", "source".
  YamlMap(YamlCursor node, Keys known, std::string_view name, std::span<const KeyHint> hints = {});

  [[nodiscard]] const YamlCursor& node() const { return node_; }
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] std::optional<YamlCursor> key_node(std::string_view key) const;

  /// Nothing where the key is absent, or where it has no value (which is reported).
  [[nodiscard]] std::optional<YamlCursor> find(std::string_view key) const;

  /// As find; a key without a value is as good as absent.
  [[nodiscard]] std::optional<YamlCursor> peek(std::string_view key) const;

  /// As find; an absent key is reported, with the hint.
  [[nodiscard]] std::optional<YamlCursor> require(std::string_view key,
                                                  std::string hint = {}) const;

  /// Sets `out` where the key is there and its value is good.
  void read(std::string_view key, std::string& out) const;
  void read(std::string_view key, bool& out) const;
  void read(std::string_view key, std::size_t& out, std::size_t least, std::size_t most) const;

 private:
  struct Field {
    std::string_view key;
    YamlCursor key_node;
    YamlCursor value;
  };
  void add(const YamlCursor& key,
           const YamlCursor& value,
           Keys known,
           std::span<const KeyHint> hints);
  [[nodiscard]] const Field* field(std::string_view key) const;

  YamlCursor node_;
  std::string name_;
  std::vector<Field> fields_;  // known keys only
};

/// For messages: in double quotes, printable, cut where it is long.
std::string quoted(std::string_view text);

/// "did you mean …?", else the list of what there is.
std::string suggest(std::string_view word, Keys known);

}  // namespace authzd
