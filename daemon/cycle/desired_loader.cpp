// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/desired_loader.hpp"

#include "daemon/cycle/fleet_look.hpp"
#include "daemon/cycle/rails_and_quorum.hpp"
#include "daemon/cycle/revision_checks.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/asserted.hpp"
#include "reconciler/plan/instances.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kMostAttempts = 3;  // a host may go down once at any moment

SharedRevision share(std::string revision, Desired desired, std::string digest, Commit commit) {
  GoodRevision good{std::move(revision), std::move(desired), std::move(digest)};
  good.commit = std::move(commit);
  return std::make_shared<const GoodRevision>(std::move(good));
}

}  // namespace

Async<Intent> DesiredLoader::next(Timestamp now) {
  if (source_ == nullptr) co_return Intent{};
  if (!spec_.unreachable.empty()) co_return Error{ErrorCode::unavailable, spec_.unreachable};
  wake();
  if (auto recalled = co_await recall(now); !recalled) co_return std::move(recalled).error();
  if (spec_.is_removed) co_return co_await leave();
  if (auto restricted = restrict_good(); !restricted) co_return std::move(restricted).error();

  auto fetched = co_await fetch_newest(now);
  if (!fetched) {
    Refusal refusal{{}, std::move(fetched).error(), {}};
    co_return refuse(std::move(refusal), now);
  }
  if (auto kept = keep_commit(*fetched); !kept) co_return std::move(kept).error();
  if (auto* refused = std::get_if<RefusedRevision>(&*fetched)) {
    Refusal refusal{std::move(refused->revision), std::move(refused->why), {}};
    co_return refuse(std::move(refusal), now);
  }
  auto* snapshot = std::get_if<Snapshot>(&*fetched);
  if (good_ && is_current_ && good_->revision == snapshot->revision) {
    refused_.reset();
    is_newest_ = true;
    auto kept = keep_attempted(snapshot->revision, {}, now);  // a fetch may have failed meanwhile
    if (kept) kept = settle_good();
    if (!kept) co_return std::move(kept).error();
    co_return enforce();
  }
  if (!waiting_.empty() && waiting_ == snapshot->revision) co_return enforce();
  if (refused_ && refused_->revision == snapshot->revision) co_return refuse(*refused_, now);
  co_return co_await consider(std::move(*snapshot), now);
}

/// For display: before anything is known of the revision but that it is there.
Result<void> DesiredLoader::keep_commit(const Fetched& fetched) {
  if (!keeps_) return {};
  const auto commit_of = [](const auto& each) -> const Commit& { return each.commit; };
  return state_.commits.keep(std::visit(commit_of, fetched));
}

/// The authors are looked up first, as their own approvals do not count. If that is not possible
/// now, the revision waits.
Async<Intent> DesiredLoader::consider(Snapshot snapshot, Timestamp now) {
  auto wrote = co_await ask_authors(snapshot.revision);
  if (!wrote) {
    Error error =
        std::move(wrote).error().context("finding who wrote " + printable(snapshot.revision));
    Refusal refusal{std::move(snapshot.revision), std::move(error), {}};
    co_return refuse(std::move(refusal), now);
  }
  auto unfit = co_await check_lineage(snapshot.revision, *wrote, now);
  if (!unfit) co_return std::move(unfit).error();
  if (*unfit) {
    if ((*unfit)->error.code == ErrorCode::unsafe_plan) refused_ = *unfit;
    co_return refuse(std::move(**unfit), now);
  }
  if (waits_for_fleet(snapshot.revision) && spec_.fleet->look) co_await spec_.fleet->look->look();
  if (auto error = refused_by_fleet(snapshot.revision)) {
    Refusal refusal{std::move(snapshot.revision), std::move(*error), {}, std::move(*wrote)};
    co_return refuse(std::move(refusal), now);
  }
  if (waits_for_fleet(snapshot.revision)) {
    Error error{ErrorCode::unavailable,
                "revision " + printable(snapshot.revision) + " is not taken yet: the accounts of " +
                    printable(spec_.fleet->file) +
                    " are read from it first, and the configuration again if they change"};
    Refusal refusal{std::move(snapshot.revision), std::move(error), {}, std::move(*wrote)};
    co_return refuse(std::move(refusal), now);
  }
  if (!seat_.has_gate()) co_return co_await take(std::move(snapshot), std::move(*wrote), now);
  co_return co_await take_by_wave(std::move(snapshot), std::move(*wrote), now);
}

Async<bool> DesiredLoader::still_holds() const {
  if (!is_newest_) co_return true;
  co_return co_await source_->still_holds(spec_.paths, good_name());
}

/// The authors that the state does not have yet. Without notTheAuthor they are recorded as unknown:
/// it may be set while actions of the revision are still held.
Async<Authors> DesiredLoader::ask_authors(std::string revision) {
  const std::string earlier = good_ ? good_->revision : std::string();
  if (earlier == revision) co_return Authors{};
  if (!spec_.approvers.not_the_author) co_return Authors{{}, {}, false};
  co_return co_await source_->authors(std::move(revision), earlier);
}

/// After a start or a reload: what was enforced before. A text that has errors for this version is
/// no longer a good revision.
Async<void> DesiredLoader::recall(Timestamp now) {
  if (has_recalled_) co_return Result<void>{};
  if (auto recalled = recall_refusal(); !recalled) co_return recalled;
  if (auto checked = check_inherited(); !checked) co_return checked;
  if (has_inherited_) {
    has_recalled_ = true;
    co_return Result<void>{};
  }
  auto kept = co_await load_kept(now);
  if (!kept) co_return std::move(kept).error();
  if (*kept && !has_errors((*kept)->loaded.diagnostics)) {
    take_good(share(std::move((*kept)->revision),
                    std::move((*kept)->loaded.desired),
                    std::move((*kept)->digest),
                    std::move((*kept)->commit)));
    warnings_ = std::move((*kept)->loaded.diagnostics);
  }
  has_recalled_ = true;
  co_return Result<void>{};
}

Async<SharedRevision> DesiredLoader::last_good(Timestamp now) const {
  if (good_) co_return good_;
  if (packed_) co_return unpacked(*packed_);
  auto kept = co_await load_kept(now);
  if (!kept) co_return std::move(kept).error();
  if (!*kept) co_return SharedRevision();
  Kept& read = **kept;
  if (has_errors(read.loaded.diagnostics)) {
    co_return invalid_revision(read.loaded.diagnostics)
        .context("reading revision " + printable(read.revision) + " again");
  }
  co_return share(std::move(read.revision),
                  std::move(read.loaded.desired),
                  std::move(read.digest),
                  std::move(read.commit));
}

/// Whether people have approved a revision that does not follow the applied one.
Result<bool> DesiredLoader::is_let_in(const std::string& revision,
                                      const Authors& wrote,
                                      Timestamp now) const {
  const auto quorum = quorum_of(spec_, state_, now, wrote);
  if (!quorum) return quorum.error();
  return state_.approvals.is_revision_approved(revision, now, *quorum);
}

/// The revision that has been judged, so that its text need not be read again. One that does not
/// follow the applied one is judged again after a person has approved it.
Result<std::string> DesiredLoader::known(Timestamp now) {
  if (refused_ && refused_->error.code == ErrorCode::unsafe_plan) {
    const auto approved = is_let_in(refused_->revision, refused_->authors, now);
    if (!approved) return approved.error();
    if (*approved) refused_.reset();
  }
  if (refused_) return refused_->revision;
  if (!waiting_.empty()) return waiting_;
  return good_ && is_current_ ? good_->revision : std::string{};
}

/// A new revision must descend from the last applied one, unless a person approves it.
Async<std::optional<Refusal>> DesiredLoader::check_lineage(
    std::string revision,
    const Authors& wrote,  // coroutine-ref: the awaiter's
    Timestamp now) {
  const auto applied = state_.revisions.forebear();
  if (!applied) co_return applied.error();
  std::optional<Refusal> none;
  if (!*applied || (*applied)->revision.empty() || (*applied)->revision == revision) co_return none;

  const auto approved = is_let_in(revision, wrote, now);
  if (!approved) co_return approved.error();
  if (*approved) co_return none;
  const std::string earlier = (*applied)->revision;
  auto lineage = co_await source_->lineage(revision, earlier);
  if (lineage && *lineage == Lineage::follows) co_return none;
  Refusal refusal;
  refusal.revision = revision;
  refusal.authors = wrote;
  if (lineage) {
    const bool can_be_let_in = wrote.is_known || !spec_.approvers.not_the_author;
    refusal.error =
        no_descendant(revision, earlier, *lineage, can_be_let_in, spec_.approve_options);
  } else {
    refusal.error = std::move(lineage).error().context("finding how " + printable(revision) +
                                                       " relates to " + printable(earlier));
  }
  co_return std::optional<Refusal>(std::move(refusal));
}

/// After a start: the revision that an earlier process refused, or during whose loading it died.
Result<void> DesiredLoader::recall_refusal() {
  const auto kept = state_.refusals.last();
  if (!kept) return kept.error();
  if (!*kept || (*kept)->judged.judge != judge()) return {};
  const KeptRefusal& last = **kept;
  if (!last.error.empty()) {
    Error error{ErrorCode::invalid_manifest, last.error};
    refused_ = {last.judged.revision, std::move(error), last.diagnostics};
  } else if (last.attempts >= kMostAttempts) {
    refused_ = {last.judged.revision, never_read(last.attempts), {}};
  }
  return {};
}

/// The authors are stored before the revision is accepted, so that none of it can be approved while
/// the state does not have them.
Async<Intent> DesiredLoader::take(Snapshot snapshot, Authors wrote, Timestamp now) {
  if (keeps_ && !(wrote == Authors{})) {
    if (auto noted = state_.revisions.add_authors(wrote); !noted)
      co_return std::move(noted).error();
  }
  auto read = co_await load(snapshot, now);
  if (!read) co_return std::move(read).error();
  LoadOutcome& loaded = *read;
  if (has_errors(loaded.diagnostics)) {
    refused_ = {snapshot.revision, invalid_revision(loaded.diagnostics), loaded.diagnostics};
  } else if (loaded.desired.grants.empty() && !spec_.allow_empty) {
    refused_ = {snapshot.revision, empty_source(loaded.elsewhere), {}};
  } else {
    refused_.reset();
    std::optional<Error> vanished;
    if (good_) {
      vanished = vanished_grants(snapshot,
                                 loaded.desired,
                                 *good_,
                                 {spec_.allow_empty, ignored_, std::move(loaded.files_elsewhere)});
    }
    if (vanished) refused_ = {snapshot.revision, *vanished, {}};
  }
  if (refused_) co_return refuse(*refused_, now);
  KnownInstances located;
  Commit commit = std::move(snapshot.commit);
  auto unlocated = co_await locate(snapshot, loaded.desired, located);
  if (!unlocated) co_return std::move(unlocated).error();
  if (*unlocated) co_return refuse(std::move(**unlocated), now);

  const GoodText text{snapshot.revision, std::move(snapshot.files), now, traits()};
  if (auto kept = keep_good(text); !kept) co_return std::move(kept).error();
  if (auto kept = keep_attempted(snapshot.revision, {}, now); !kept)
    co_return std::move(kept).error();
  std::vector<AssertionChange> lost;
  if (good_) lost = assertion_changes(good_->desired.assertions, loaded.desired.assertions);
  take_good(std::make_shared<const GoodRevision>(GoodRevision{std::move(snapshot.revision),
                                                              std::move(loaded.desired),
                                                              digest_of(text, loaded),
                                                              std::move(lost),
                                                              std::move(located),
                                                              std::move(commit)}));
  warnings_ = std::move(loaded.diagnostics);
  ignored_ = {snapshot.ignored.begin(), snapshot.ignored.end()};
  is_current_ = true;
  is_newest_ = true;
  Intent intent = enforce();
  if (!keeps_ && spec_.approvers.not_the_author) intent.authors = std::move(wrote);
  co_return intent;
}

/// A revision is accepted only after each instance name in it was found: until then it is unknown
/// which policies its grants have, and so which may be deleted. The next cycle asks again. The ids
/// of the names are in the state before the revision is.
Async<std::optional<Refusal>> DesiredLoader::locate(
    const Snapshot& snapshot,   // coroutine-ref: the awaiter's
    const Desired& desired,     // coroutine-ref: the awaiter's
    KnownInstances& located) {  // coroutine-ref: the awaiter's
  if (reader_ == nullptr || names_to_look_up(desired).empty()) co_return std::optional<Refusal>();
  auto last = state_.instances.known();
  if (!last) co_return std::move(last).error();
  auto names = co_await locate_names(*reader_, desired, *last);
  if (!names) co_return std::move(names).error();
  if (names->failure) {
    Refusal refusal{snapshot.revision, std::move(*names->failure), {}};
    co_return std::optional(std::move(refusal));
  }
  if (!names->faults.empty()) {
    Refusal refusal{snapshot.revision, invalid_revision(names->faults), std::move(names->faults)};
    co_return std::optional(std::move(refusal));
  }
  located = std::move(names->located);
  if (keeps_ && !located.empty()) {
    last->insert(located.begin(), located.end());
    if (auto kept = state_.instances.keep(*last); !kept) co_return std::move(kept).error();
  }
  co_return std::optional<Refusal>();
}

/// If the source could not be opened, nothing is wrong with the revision: the cycle ends, and
/// nothing is recorded about it.
Result<Intent> DesiredLoader::refuse(Refusal refusal, Timestamp now) {
  if (refusal.error.code == ErrorCode::exhausted) return std::move(refusal.error);
  is_newest_ = false;
  auto kept = keep_attempted(refusal.revision, to_string(refusal.error), now);
  if (!kept) return std::move(kept).error();
  return Intent{good_, std::move(refusal), warnings_};
}

Result<void> DesiredLoader::keep_good(const GoodText& text) {
  return keeps_ ? state_.revisions.keep_good(text) : Result<void>{};
}

/// Written only if it is new. If the source failed before there was a revision, the newest one
/// remains the last attempted: it may be waiting for an approval.
Result<void> DesiredLoader::keep_attempted(std::string revision, std::string error, Timestamp now) {
  if (!keeps_) return {};
  const auto last = state_.revisions.attempted();
  if (!last) return last.error();
  if (*last && revision.empty()) revision = (*last)->revision;
  if (*last && (*last)->revision == revision && (*last)->error == error) return {};
  return state_.revisions.keep_attempted({std::move(revision), now, std::move(error)});
}

}  // namespace authzd
