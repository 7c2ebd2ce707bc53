// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_source.hpp"

#include "daemon/source/git_output.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace authzd {

GitSource::GitSource(boost::asio::any_io_executor executor, GitOptions options, TempDirectory owned)
    : owned_(std::move(owned)),
      config_(options.config),
      limits_(options.limits),
      repository_(std::move(options)),
      verifier_(config_.verify_keys),
      gate_(std::move(executor), 1) {}

Async<Fetched> GitSource::fetch(std::vector<std::string> paths, std::string known) {
  const std::uint64_t asked_at = begun_;
  const FairGate::Pass pass = co_await gate_.enter();
  // Callers woken by the same event count as having asked before it begins.
  co_await boost::asio::post(boost::asio::use_awaitable);
  if (newest_number_ <= asked_at) {
    const std::uint64_t number = ++begun_;
    co_await update();
    newest_number_ = number;
  }
  if (!newest_) co_return newest_.error();
  co_return co_await newest(std::move(paths), std::move(known));
}

boost::asio::awaitable<void> GitSource::update() {
  newest_ = co_await repository_.update();
  if (!newest_) co_return;
  let_in_ = co_await verifier_.verify(repository_, *newest_);
  if (described_.id == newest_->commit) co_return;
  described_ = co_await repository_.describe(newest_->commit);
}

RefusedRevision GitSource::refused(Error why) const {
  return {newest_->commit, std::move(why), described_};
}

Async<Fetched> GitSource::newest(std::vector<std::string> paths, std::string known) {
  const std::string commit = newest_->commit;
  if (!let_in_) co_return refused(let_in_.error());
  Snapshot result{.revision = commit, .files = {}};
  result.commit = described_;
  if (commit == known) co_return result;
  auto tree = co_await repository_.tree(commit);
  if (!tree) co_return tree.error();
  auto ignore_file = find_ignore_file(*tree, config_.path);
  if (!ignore_file) {
    co_return refused(std::move(ignore_file).error().context("commit " + commit));
  }
  if (!ignore_file->empty()) {
    const auto text = co_await repository_.read(std::move(*ignore_file));
    if (!text) co_return text.error();
    auto ignored = without_ignored(*tree, text->front().text, paths);
    if (!ignored) {
      co_return refused(std::move(ignored).error().context("commit " + commit));
    }
    result.ignored = std::move(*ignored);
  }
  auto entries = select_manifests(*tree, config_.path, paths, limits_.most_text_bytes);
  if (!entries) {
    co_return refused(std::move(entries).error().context("commit " + commit));
  }
  auto files = co_await repository_.read(std::move(*entries));
  if (!files) co_return std::move(files).error();
  result.files = std::move(*files);
  result.not_followed = not_followed(*tree, config_.path, paths);
  result.manifest_folders = manifest_folders(*tree, config_.path, paths);
  co_return result;
}

Result<std::vector<std::string>> GitSource::without_ignored(std::vector<TreeEntry>& tree,
                                                            std::string_view rules,
                                                            const std::vector<std::string>& paths) {
  auto parsed = IgnoreRules::parse(rules);
  if (!parsed) return std::move(parsed).error();
  return take_ignored(tree, config_.path, paths, std::move(*parsed));
}

Async<Lineage> GitSource::lineage(std::string revision, std::string earlier) {
  const FairGate::Pass pass = co_await gate_.enter();
  GitHead head{"", revision, revision};
  if (newest_ && newest_->commit == revision) head = *newest_;
  co_return co_await repository_.lineage(std::move(head), std::move(earlier));
}

Async<Authors> GitSource::authors(std::string revision, std::string earlier) {
  const FairGate::Pass pass = co_await gate_.enter();
  GitHead head{"", revision, revision};
  if (newest_ && newest_->commit == revision) head = *newest_;
  // It fetches the history between the two, and shows whether there is one. If a history was
  // rewritten, the authors of its removed parts are unknown.
  const auto lineage = co_await repository_.lineage(head, earlier);
  if (!lineage) co_return lineage.error();
  if (*lineage != Lineage::follows) co_return Authors{{}, {}, false};
  if (!is_commit_id(earlier)) earlier.clear();
  // Current keys need not have signed a whole history: the names count as written.
  SignatureCheck keys;
  const bool is_checked = verifier_.is_asked() && !earlier.empty();
  if (is_checked) {
    auto prepared = co_await verifier_.prepare(repository_);
    if (!prepared) co_return std::move(prepared).error();
    keys = std::move(*prepared);
  }
  const SignatureCheck* const check = is_checked ? &keys : nullptr;
  auto authors = co_await repository_.authors(std::move(head), std::move(earlier), check);
  if (authors && verifier_.is_asked()) {
    const bool is_newest = newest_ && newest_->commit == revision;
    add_signer(is_newest ? verifier_.signer() : std::string(), *authors);
  }
  co_return authors;
}

}  // namespace authzd
