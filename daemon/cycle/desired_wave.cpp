// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// When the account takes a newer revision: when its wave has come. Until then it enforces the one
// that it has; of an urgent one it carries out what narrows.
#include "daemon/cycle/desired_loader.hpp"
#include "reconciler/base/text.hpp"

#include <utility>
#include <variant>

namespace authzd {

Intent DesiredLoader::enforce() const {
  Intent intent{good_, std::nullopt, warnings_, ignored_.size()};
  intent.wait = wait_;
  return intent;
}

/// The grants stay where they are in the room.
void DesiredLoader::set_narrows(const std::optional<RolloutWait>& narrows) {
  const bool is_same = good_->narrows.has_value() == narrows.has_value() &&
                       (!narrows || narrows->wave == good_->narrows->wave);
  if (is_same) return;
  GoodRevision changed = *good_;
  changed.narrows = narrows;
  packed_.reset();
  good_ = std::make_shared<const GoodRevision>(std::move(changed));
}

/// As it was left: also after a restart, and while the source cannot be read.
Result<void> DesiredLoader::restrict_good() {
  wait_.reset();
  if (!seat_.has_gate()) {
    if (good_) set_narrows(std::nullopt);
    return {};
  }
  if (!good_) return {};
  auto narrows = seat_.gate->narrows(seat_.account, good_->revision, seat_.time());
  if (!narrows) return std::move(narrows).error();
  wait_ = *narrows;
  set_narrows(wait_);
  return {};
}

/// The account has the newest revision. If that was only what narrows, its wave may have come.
Result<void> DesiredLoader::settle_good() {
  waiting_.clear();
  if (!seat_.has_gate()) return {};
  const std::string& revision = good_->revision;
  const auto newest = seat_.gate->newest();
  if (!newest) return newest.error();
  // The source may still show this account what it has shown another account replaced.
  const bool is_behind = !newest->empty() && *newest != revision;
  auto answer = keeps_ && !is_behind
                    ? seat_.gate->ask(seat_.account, revision, revision, seat_.time())
                    : seat_.gate->look(seat_.account, revision, seat_.time());
  if (!answer) return std::move(answer).error();
  wait_ = std::move(answer->wait);
  const bool narrows = answer->passage == Passage::narrow && ahead_ == Ahead::no;
  set_narrows(narrows ? wait_ : std::nullopt);
  return {};
}

/// The text of a revision that waits is not read again until its wave has come.
Async<Fetched> DesiredLoader::fetch_newest(Timestamp now) {
  auto known = this->known(now);
  if (!known) co_return std::move(known).error();
  auto fetched = co_await source_->fetch(spec_.paths, std::move(*known));
  if (!fetched || waiting_.empty()) co_return fetched;
  const auto* snapshot = std::get_if<Snapshot>(&*fetched);
  const bool is_waiting = snapshot != nullptr && snapshot->revision == waiting_;
  if (is_waiting && seat_.has_gate()) {
    auto answer = seat_.gate->look(seat_.account, waiting_, seat_.time());
    if (!answer) co_return std::move(answer).error();
    const bool still_waits = answer->passage == Passage::wait;
    wait_ = std::move(answer->wait);
    if (still_waits) co_return fetched;
  }
  waiting_.clear();
  if (!is_waiting) co_return fetched;
  co_return co_await source_->fetch(spec_.paths, "");
}

/// Accounts read the source one after the other: one may still see what another has seen replaced.
/// Such a revision is never taken by itself. Where nobody can tell, the revision counts as newer,
/// and starts at the first wave.
Async<Passage> DesiredLoader::ask_gate(std::string revision, bool is_let_in) {
  const auto newest = seat_.gate->newest();
  if (!newest) co_return newest.error();
  const bool is_other = *newest != revision && is_commit_id(*newest) && is_commit_id(revision);
  if (is_other && !is_let_in) {
    auto lineage = co_await source_->lineage(*newest, revision);
    if (lineage && *lineage == Lineage::follows) {
      wait_ = RolloutWait{*newest, {}, "the source has shown another account a newer revision"};
      co_return Passage::wait;
    }
  }
  const std::string in_force = good_ ? good_->revision : std::string();
  auto answer = keeps_ ? seat_.gate->ask(seat_.account, revision, in_force, seat_.time())
                       : seat_.gate->look(seat_.account, revision, seat_.time());
  if (!answer) co_return std::move(answer).error();
  wait_ = std::move(answer->wait);
  if (answer->passage == Passage::wait && keeps_) waiting_ = std::move(revision);
  co_return ahead_ == Ahead::yes ? Passage::take : answer->passage;
}

Async<Intent> DesiredLoader::take_by_wave(Snapshot snapshot, Authors wrote, Timestamp now) {
  const std::string revision = snapshot.revision;
  const auto let_in = is_let_in(revision, wrote, now);
  if (!let_in) co_return let_in.error();
  const auto passage = co_await ask_gate(revision, *let_in);
  if (!passage) co_return passage.error();
  if (*passage == Passage::wait) {
    is_newest_ = false;
    co_return enforce();
  }
  auto intent = co_await take(std::move(snapshot), std::move(wrote), now);
  const bool narrows = intent && *passage == Passage::narrow && good_ &&
                       good_->revision == revision && !intent->refusal;
  if (!narrows) co_return intent;
  set_narrows(wait_);
  intent->good = good_;
  co_return intent;
}

}  // namespace authzd
