// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `git ls-tree` and `git cat-file --batch`: a line that says the path below which manifests are,
// the list (whose entries end in a zero byte), and after a byte 0x1c the answer to the batch.
#include "daemon/source/git_tree.hpp"

#include "daemon/source/manifest_names.hpp"
#include "tests/fuzz/promises.hpp"

#include <algorithm>

namespace authzd::fuzz {
namespace {

constexpr std::uint64_t kMostBytes = 1U << 20U;

void check_selected(const std::vector<TreeEntry>& tree, const std::vector<TreeEntry>& selected) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < selected.size(); ++i) {
    const TreeEntry& entry = selected[i];
    promise(std::ranges::find(tree, entry) != tree.end(), "what is selected is in the tree");
    promise(entry.mode != "120000" && entry.mode != "160000" && entry.mode != "040000",
            "links, submodules and folders are no manifests");
    promise(i == 0 || selected[i - 1].path < entry.path, "manifests are sorted, each once");
    bytes += entry.size;
  }
  promise(bytes <= kMostBytes, "no more bytes are selected than may be read");
}

/// As git answers, of texts that are made up.
std::string answer_to(const std::vector<TreeEntry>& entries) {
  std::string answer;
  for (const TreeEntry& entry : entries) {
    answer += entry.object + " blob " + std::to_string(entry.size) + "\n";
    answer += std::string(entry.size, 'x') + "\n";
  }
  return answer;
}

void check_batch(std::string_view answer, const std::vector<TreeEntry>& entries) {
  const auto files = parse_batch(answer, entries);
  if (!files) {
    promise_showable(to_string(files.error()), "why an answer is refused may be shown");
    return;
  }
  promise(files->size() == entries.size(), "each file is answered");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    promise((*files)[i].name == entries[i].path && (*files)[i].text.size() == entries[i].size,
            "each file is whole");
  }
}

}  // namespace

void git_tree(std::string_view input) {
  const std::string root(take_line(input));
  const auto both = parts(input, '\x1c');
  const auto tree = parse_tree(both.front());
  if (!tree) {
    promise_showable(to_string(tree.error()), "why a list is refused may be shown");
    return;
  }
  for (const std::string& path : {std::string("."), root}) {
    const auto selected = select_manifests(*tree, root, {path}, kMostBytes);
    if (!selected) {
      promise_showable(to_string(selected.error()), "why a tree is refused may be shown");
      continue;
    }
    check_selected(*tree, *selected);
    check_batch(both.back(), *selected);
    const bool is_small = selected->empty() || selected->front().size < 4096;
    if (is_small) check_batch(answer_to(*selected), *selected);
  }
}

}  // namespace authzd::fuzz
