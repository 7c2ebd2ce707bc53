// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reads parsed YAML with positions, for manifests and configuration. This module decides types, not
// the parser, and every problem is a diagnostic; nothing throws.
#pragma once

#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/yaml_file.hpp"
#include "reconciler/manifest/yaml_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

class ParamScope;
struct ExpandedText;

/// A node of a file, cheap to copy; the file must outlive it. A getter that finds another type than
/// the requested one reports that, and returns nothing.
class YamlCursor {
 public:
  /// The position of the alias, if one led here.
  [[nodiscard]] SourcePos position() const;

  [[nodiscard]] bool is_nothing() const { return node().kind == YamlKind::nothing; }
  [[nodiscard]] bool is_map() const { return node().kind == YamlKind::map; }
  [[nodiscard]] bool is_list() const { return node().kind == YamlKind::list; }

  /// The scalar as written, whatever its type; empty for a list or a map.
  [[nodiscard]] const std::string& raw_text() const { return node().text; }

  /// "a list", "the number 5", "\"yes\"": for messages.
  [[nodiscard]] std::string what() const;

  /// Text without control characters other than line feed and tab. A plain scalar that YAML parsers
  /// read as a number, a boolean or null is not text: it must be quoted.
  /// With parameters replaced, if it has any (with_params).
  [[nodiscard]] std::optional<std::string> text() const;

  /// Like text, but accepts a plain scalar that looks like a number, if every tool reads it as
  /// these digits, or if it has 32 of them (which may all be decimal, or read 12e34…): for ids.
  [[nodiscard]] std::optional<std::string> id_text() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<std::uint64_t> integer(std::uint64_t least, std::uint64_t most) const;
  [[nodiscard]] std::optional<std::vector<YamlCursor>> list(std::string_view hint = {}) const;

  /// The items of a list of text; others are reported and omitted.
  [[nodiscard]] std::vector<std::string> texts() const;

  /// Keys and values in the order of the file, followed by those of merge keys (<<); empty, without
  /// a report, if this is not a map.
  [[nodiscard]] std::vector<std::pair<YamlCursor, YamlCursor>> entries() const;

  /// The same node and what is below it, with parameters in its values replaced. `params` must
  /// outlive the result.
  [[nodiscard]] YamlCursor with_params(ParamScope& params) const;

  /// A problem of a value with a parameter says whose account it is; where the account is
  /// not known, it is none.
  void error(std::string message, std::string hint = {}) const;
  void warning(std::string message, std::string hint = {}) const;

  /// A problem that is not reported.
  [[nodiscard]] Diagnostic diagnostic(Severity severity,
                                      std::string message,
                                      std::string hint = {}) const;

  /// Without the line of the file: it may contain a secret.
  void error_unshown(std::string message, std::string hint = {}) const;

 private:
  friend class YamlFile;
  friend class YamlMap;
  YamlCursor(const YamlFile& file, std::uint32_t index, ParamScope* params = nullptr);
  [[nodiscard]] const YamlNode& node() const { return file_->tree_->nodes[index_]; }
  [[nodiscard]] const YamlNode& place() const { return file_->tree_->nodes[place_]; }
  void expected(std::string_view type, std::string hint = {}) const;
  [[nodiscard]] const ExpandedText* expanded() const;
  void report(Severity severity, std::string message, std::string hint) const;
  void report_faults(const ExpandedText& expanded) const;
  [[nodiscard]] std::optional<std::string> checked_text() const;
  [[nodiscard]] std::optional<bool> boolean_of(const ExpandedText& expanded) const;
  [[nodiscard]] YamlNode place_of(std::string_view reference) const;

  const YamlFile* file_;
  std::uint32_t index_;           // never an alias
  std::uint32_t place_;           // the alias that led here, else the same
  ParamScope* params_ = nullptr;  // null: values are as they are written
};

using Keys = std::span<const std::string_view>;

/// The hint for a key that is not allowed, but is often written here.
struct KeyHint {
  std::string_view key;
  std::string_view hint;
};

/// A map with a fixed set of keys. The constructor reports a node that is not a map, a duplicate
/// key, and each unknown key, with the one that was probably meant.
class YamlMap {
 public:
  /// `name` is the name of this map in messages: "spec", "source".
  YamlMap(YamlCursor node, Keys known, std::string_view name, std::span<const KeyHint> hints = {});

  [[nodiscard]] const YamlCursor& node() const { return node_; }
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] std::optional<YamlCursor> key_node(std::string_view key) const;

  /// None if the key is absent, or has no value (which is reported).
  [[nodiscard]] std::optional<YamlCursor> find(std::string_view key) const;

  /// Like find, but a key without a value counts as absent.
  [[nodiscard]] std::optional<YamlCursor> peek(std::string_view key) const;

  /// Like find, but reports an absent key, with the hint.
  [[nodiscard]] std::optional<YamlCursor> require(std::string_view key,
                                                  std::string hint = {}) const;

  /// Sets `out` if the key exists and its value is valid.
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

/// For messages: in double quotes, printable, truncated if long.
std::string quoted(std::string_view text);

/// "did you mean …?", else the list of known keys.
std::string suggest(std::string_view word, Keys known);

}  // namespace authzd
