// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_snapshot.hpp"

#include <utility>

namespace authzd {
namespace {

/// Takes out of the tree what .authzdignore lists, and returns it.
Result<std::vector<std::string>> without_ignored(std::vector<TreeEntry>& tree,
                                                 std::string_view rules,
                                                 const GitFolder& folder) {
  auto parsed = IgnoreRules::parse(rules);
  if (!parsed) return std::move(parsed).error();
  return take_ignored(tree, folder.root, folder.paths, std::move(*parsed));
}

RefusedRevision refused(const std::string& commit, Error why) {
  return {commit, std::move(why).context("commit " + commit)};
}

}  // namespace

Async<Fetched> snapshot_of(GitObjects& objects,  // coroutine-ref: the awaiter's
                           std::string commit,
                           GitFolder folder) {
  Snapshot result{.revision = commit, .files = {}};
  auto tree = co_await objects.tree(commit);
  if (!tree) co_return tree.error();
  auto ignore_file = find_ignore_file(*tree, folder.root);
  if (!ignore_file) co_return refused(commit, std::move(ignore_file).error());
  if (!ignore_file->empty()) {
    const auto text = co_await objects.read(std::move(*ignore_file));
    if (!text) co_return text.error();
    auto ignored = without_ignored(*tree, text->front().text, folder);
    if (!ignored) co_return refused(commit, std::move(ignored).error());
    result.ignored = std::move(*ignored);
  }
  auto entries = select_manifests(*tree, folder.root, folder.paths, folder.most_text_bytes);
  if (!entries) co_return refused(commit, std::move(entries).error());
  auto files = co_await objects.read(std::move(*entries));
  if (!files) co_return std::move(files).error();
  result.files = std::move(*files);
  result.not_followed = not_followed(*tree, folder.root, folder.paths);
  result.manifest_folders = manifest_folders(*tree, folder.root, folder.paths);
  co_return result;
}

}  // namespace authzd
