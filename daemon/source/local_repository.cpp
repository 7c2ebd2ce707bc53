// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/local_repository.hpp"

#include "daemon/net/small_file.hpp"
#include "daemon/source/git_output.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

namespace authzd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostRevision = 255;
constexpr std::size_t kMostTreeText = 64U << 20U;
constexpr std::size_t kMostPointer = 1U << 20U;  // bytes of a file that names a folder
constexpr std::size_t kBatchHead = 128;          // bytes of each answer, before the text

/// Where git keeps a repository. Of a linked work tree that is two folders.
struct GitFolders {
  fs::path own;
  fs::path common;
};

bool is_repository(const fs::path& folder) {
  std::error_code ec;
  return fs::is_regular_file(folder / "HEAD", ec) && fs::is_directory(folder / "objects", ec);
}

/// The folder that a file names, relative to where the file is.
fs::path pointed_to(const fs::path& file, std::string_view prefix) {
  const auto text = read_small_file(file, "the file", kMostPointer);
  if (!text || !std::string_view(*text).starts_with(prefix)) return {};
  const fs::path target{std::string(trim(std::string_view(*text).substr(prefix.size())))};
  return (file.parent_path() / target).lexically_normal();
}

std::optional<GitFolders> folders_in(const fs::path& folder) {
  std::error_code ec;
  const fs::path entry = folder / ".git";
  if (is_repository(entry)) return GitFolders{entry, entry};
  if (is_repository(folder)) return GitFolders{folder, folder};
  if (!fs::is_regular_file(entry, ec)) return std::nullopt;
  const fs::path own = pointed_to(entry, "gitdir:");
  if (own.empty()) return std::nullopt;
  if (is_repository(own)) return GitFolders{own, own};  // a submodule
  const fs::path common = pointed_to(own / "commondir", "");
  if (common.empty() || !fs::is_directory(common / "objects", ec)) return std::nullopt;
  return GitFolders{own, common};
}

}  // namespace

bool is_git_revision(std::string_view text) {
  constexpr std::string_view kSigns = "._/~^@{}+-";
  const auto is_plain = [kSigns](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kMostRevision && !text.starts_with('-') &&
         text.find("..") == std::string_view::npos && std::ranges::all_of(text, is_plain);
}

Result<LocalRepository> LocalRepository::open(const fs::path& directory) {
  std::error_code ec;
  const fs::path start = fs::canonical(directory, ec);
  if (ec) return Error{ErrorCode::not_found, "there is no folder " + printable(directory.string())};
  for (fs::path folder = start;; folder = folder.parent_path()) {
    if (const auto found = folders_in(folder)) {
      auto own = TempDirectory::make_anywhere();
      if (!own) return std::move(own).error();
      LocalRepository repository;
      repository.place_ = {found->own, own->path() / "home"};
      fs::create_directory(repository.place_.home, ec);
      if (ec)
        return Error{ErrorCode::unavailable, "cannot write to " + printable(own->path().string())};
      repository.own_ = std::move(*own);
      repository.readable_ = {found->own.string(), found->common.string()};
      if (found->own != folder) repository.top_ = folder;
      return repository;
    }
    if (folder == folder.parent_path()) break;
  }
  return Error{ErrorCode::not_found,
               "there is no Git repository at " + printable(start.string()) + " or above it"};
}

GitCall LocalRepository::call(std::string doing, std::vector<std::string> arguments) const {
  GitCall call;
  call.arguments = std::move(arguments);
  call.doing = std::move(doing);
  call.access.files = readable_;
  // A partial clone would fetch what is missing, by whatever its configuration says.
  call.variables = {Secret("GIT_ALLOW_PROTOCOL="), Secret("GIT_NO_LAZY_FETCH=1")};
  return call;
}

Async<std::string> LocalRepository::commit_of(std::string revision) {
  if (!is_git_revision(revision)) {
    co_return Error{ErrorCode::rejected,
                    quote(revision) + " cannot be a branch, a tag or a commit"};
  }
  std::vector<std::string> arguments{
      "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"};
  GitCall asked = call("looking for " + revision, std::move(arguments));
  const auto outcome = co_await call_git(place_, asked);
  if (!outcome) co_return outcome.error();
  const std::string commit(trim(outcome->output));
  if (outcome->exit_code == 0 && is_commit_id(commit)) co_return commit;
  if (outcome->exit_code > 1) co_return git_error(*outcome, asked);
  co_return Error{ErrorCode::not_found,
                  "the repository has no branch, tag or commit " + quote(revision)};
}

Async<std::vector<TreeEntry>> LocalRepository::tree(std::string commit) {
  std::vector<std::string> arguments{"ls-tree", "-r", "-t", "-z", "-l", "--full-tree", commit};
  GitCall asked = call("listing the files of " + commit, std::move(arguments));
  asked.most_output = kMostTreeText;
  const auto outcome = co_await call_git(place_, asked);
  if (!outcome) co_return outcome.error();
  if (outcome->exit_code != 0) co_return git_error(*outcome, asked);
  co_return parse_tree(outcome->output);
}

Async<std::vector<SourceFile>> LocalRepository::read(std::vector<TreeEntry> entries) {
  std::vector<std::string> arguments{"cat-file", "--batch"};
  GitCall asked = call("reading the manifests", std::move(arguments));
  asked.input = batch_input(entries);
  asked.most_output = kBatchHead * (entries.size() + 1);
  for (const TreeEntry& entry : entries) asked.most_output += entry.size;
  const auto outcome = co_await call_git(place_, asked);
  if (!outcome) co_return outcome.error();
  if (outcome->exit_code != 0) co_return git_error(*outcome, asked);
  co_return parse_batch(outcome->output, entries);
}

}  // namespace authzd
