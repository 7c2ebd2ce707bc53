// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_source.hpp"

#include "daemon/source/git_output.hpp"
#include "daemon/source/git_snapshot.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace authzd {

GitSource::GitSource(boost::asio::any_io_executor executor, GitOptions options, TempDirectory owned)
    : owned_(std::move(owned)),
      executor_(std::move(executor)),
      options_(std::move(options)),
      repository_(options_),
      verifier_(options_.config.verify_keys),
      gate_(executor_, 1) {}

Async<Fetched> GitSource::fetch(std::vector<std::string> paths, std::string known) {
  const std::uint64_t asked_at = begun_;
  const FairGate::Pass pass = co_await gate_.enter();
  // Callers woken by the same event count as having asked before it begins.
  co_await boost::asio::post(boost::asio::use_awaitable);
  const bool stays = options_.is_still && newest_number_ > 0 && newest_;
  if (newest_number_ <= asked_at && !stays) {
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
  if (newest_->refusal) {
    let_in_ = *newest_->refusal;
    described_ = Commit{newest_->commit};
    co_return;
  }
  let_in_ = co_await verifier_.verify(repository_, *newest_);
  const bool is_described = !described_.author.empty() || !described_.subject.empty();
  if (described_.id == newest_->commit && is_described) co_return;
  described_ = co_await repository_.describe(newest_->commit);
}

RefusedRevision GitSource::refused(Error why) const {
  return {newest_->commit, std::move(why), described_};
}

Async<Fetched> GitSource::newest(std::vector<std::string> paths, std::string known) {
  const std::string commit = newest_->commit;
  if (!let_in_) co_return refused(let_in_.error());
  if (commit == known) {
    Snapshot same{.revision = commit, .files = {}};
    same.commit = described_;
    co_return same;
  }
  GitFolder folder{options_.config.path, std::move(paths), options_.limits.most_text_bytes};
  auto fetched = co_await snapshot_of(repository_, commit, std::move(folder));
  if (fetched) std::visit([this](auto& each) { each.commit = described_; }, *fetched);
  co_return fetched;
}

Result<std::shared_ptr<Source>> GitSource::at(const std::string& ref) const {
  if (!is_git_ref(ref)) {
    return Error{ErrorCode::rejected, quote(ref) + " cannot be a branch, a tag or a commit"};
  }
  auto own = TempDirectory::make_anywhere();
  if (!own) return std::move(own).error();
  GitOptions options = options_;
  options.config.ref = ref;
  options.ref_setting.clear();
  options.config.verify_keys.clear();
  options.directory = own->path();
  options.is_still = true;
  return std::make_shared<GitSource>(executor_, std::move(options), std::move(*own));
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
