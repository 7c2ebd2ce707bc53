// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/parsed_files.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// About what it occupies: a short scalar is in its node.
std::size_t bytes_of(const ParsedFile& file) {
  return file.text.size() + file.tree->text.size() * 2 +
         file.tree->nodes.capacity() * sizeof(YamlNode) +
         file.problems.size() * 4 * sizeof(Diagnostic);
}

}  // namespace

std::shared_ptr<const ParsedFile> ParsedFiles::find(const SourceFile& file) const {
  const auto found = files_.find(file.name);
  const bool is_it = found != files_.end() && found->second.file->text == file.text;
  return is_it ? found->second.file : nullptr;
}

void ParsedFiles::keep(const std::string& name, ParsedFile parsed) {
  drop(name);
  const std::size_t bytes = bytes_of(parsed);
  if (bytes > most_bytes_) return;
  while (bytes_ + bytes > most_bytes_) drop(std::string(order_.front()));
  files_[name] = {std::make_shared<const ParsedFile>(std::move(parsed)), bytes};
  order_.push_back(name);
  bytes_ += bytes;
}

void ParsedFiles::drop(const std::string& name) {
  const auto found = files_.find(name);
  if (found == files_.end()) return;
  bytes_ -= found->second.bytes;
  files_.erase(found);
  order_.erase(std::ranges::find(order_, name));
}

}  // namespace authzd
