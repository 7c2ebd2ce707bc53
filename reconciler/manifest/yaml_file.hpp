// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A YAML file, parsed: the only access to yaml-cpp. Who reads the result has a YamlCursor.
#pragma once

#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/manifest/yaml_tree.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

class YamlCursor;
class YamlTreeBuilder;

/// One file, parsed within its limits, document by document. Problems go to `problems`, which must
/// outlive it, like `limits`.
class YamlFile {
 public:
  YamlFile(const SourceFile& file, const LoadLimits& limits, std::vector<Diagnostic>& problems);
  /// One that was parsed before; `problems` gets what its readers find.
  YamlFile(std::string name,
           std::shared_ptr<const YamlTree> tree,
           std::vector<Diagnostic>& problems);
  YamlFile(const YamlFile&) = delete;
  YamlFile& operator=(const YamlFile&) = delete;
  ~YamlFile();

  /// Parses the next document. False: there is none left, and the documents are ready.
  bool parse_next();

  /// The non-empty documents that parse; none if the file exceeds a limit.
  [[nodiscard]] std::vector<YamlCursor> documents() const;

  /// After the last document, for others who read the same file.
  [[nodiscard]] std::shared_ptr<const YamlTree> tree() const { return tree_; }

 private:
  friend class YamlCursor;
  [[nodiscard]] Diagnostic diagnose(Severity severity,
                                    const YamlNode& at,
                                    std::string message,
                                    std::string hint) const;
  void report(Diagnostic diagnostic) const;
  void report_error(const YamlNode& at, std::string message, std::string hint = {}) const;
  void report_unshown(const YamlNode& at, std::string message, std::string hint) const;
  void report_file(std::string message) const;
  void report_syntax(const std::string& message,
                     const YamlNode& at,
                     const YamlNode* innermost) const;
  void end_parsing();

  /// Parses the document between two offsets; false if parsing cannot continue after it.
  bool parse_part(std::size_t begin, std::size_t end);
  void report_size(std::size_t begin, std::size_t end) const;

  /// Whether the line at `offset` may be shown: it belongs to an authzd document.
  [[nodiscard]] bool may_show(std::size_t offset) const;

  /// A document, and whether it is one of authzd's.
  struct Judged {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_ours = false;
  };

  std::string name_;
  std::shared_ptr<YamlTree> building_;  // null: of a file that was parsed before
  std::shared_ptr<const YamlTree> tree_;
  std::vector<Diagnostic>& problems_;
  std::size_t most_bytes_ = 0;                // of a document
  std::unique_ptr<YamlTreeBuilder> builder_;  // null: parsed, or not worth parsing
  std::size_t next_ = 0;                      // start of the next document
  int next_line_ = 0;                         // and its line, from 0
  mutable Judged judged_;                     // the most recently checked document
  mutable std::size_t reported_ = 0;
};

}  // namespace authzd
