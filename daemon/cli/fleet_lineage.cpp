// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/fleet_lineage.hpp"

#include "daemon/cycle/rails_and_quorum.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace authzd {
namespace {

/// Asks once for each earlier revision: most accounts have applied the same.
class Lineages {
 public:
  Lineages(std::shared_ptr<Source> source, std::string revision)
      : source_(std::move(source)), revision_(std::move(revision)) {}

  Async<bool> follows(std::string earlier) {
    if (const auto found = known_.find(earlier); found != known_.end()) co_return found->second;
    const auto lineage = co_await source_->lineage(revision_, earlier);
    if (!lineage) co_return lineage.error();
    const bool does = *lineage == Lineage::follows;
    known_.emplace(std::move(earlier), does);
    co_return does;
  }

 private:
  std::shared_ptr<Source> source_;
  std::string revision_;
  std::map<std::string, bool> known_;
};

Async<bool> is_let_in(AccountSpec spec,
                      const AccountState& state,  // coroutine-ref: the awaiter's
                      Source& source,             // coroutine-ref: the awaiter's
                      std::string revision,
                      std::string earlier,
                      Timestamp now) {
  Authors wrote{{}, {}, false};
  if (spec.approvers.not_the_author) {
    auto asked = co_await source.authors(revision, std::move(earlier));
    if (!asked) co_return std::move(asked).error();
    wrote = std::move(*asked);
  }
  const auto last = state.times.last_trusted();
  if (!last) co_return last.error();
  const Timestamp at = std::max(now, last->value_or(now));
  const auto quorum = quorum_of(spec, state, at, wrote);
  if (!quorum) co_return quorum.error();
  co_return state.approvals.is_revision_approved(revision, at, *quorum);
}

Error rewritten(const std::string& revision, const std::string& earlier, const std::string& way) {
  return {ErrorCode::unsafe_plan,
          "revision " + printable(revision) + " does not descend from " + printable(earlier) +
              ": the branch was set back, or its history rewritten. " + way};
}

Error not_let_in(const std::string& revision,
                 const std::string& earlier,
                 const std::string& account) {
  return rewritten(revision,
                   earlier,
                   "Its accounts are read once each account that has applied another history has "
                   "let it in; account " +
                       printable(account) + " has not: authzd approve " + printable(revision) +
                       " --account " + printable(account));
}

}  // namespace

Async<void> check_fleet_lineage(FleetPast past,
                                FleetPart part,
                                std::shared_ptr<Source> source,
                                std::string revision,
                                Timestamp now) {
  const bool is_taken = revision == past.revision;
  if (past.database == nullptr || !is_commit_id(revision) || is_taken) co_return Result<void>{};
  Lineages lineages(source, revision);
  bool is_descendant = true;
  if (!past.revision.empty()) {
    const auto follows = co_await lineages.follows(past.revision);
    if (!follows) co_return follows.error();
    is_descendant = *follows;
  }
  bool is_approved = false;
  for (const KnownAccount& each : past.accounts) {
    if (each.is_lost) continue;
    AccountSpec spec = part.common.spec;
    spec.id = each.entry.id;
    const AccountState state(past.database, spec.id);
    const auto earlier = state.revisions.forebear();
    if (!earlier) co_return earlier.error();
    const std::string applied = *earlier ? (*earlier)->revision : std::string();
    bool follows = applied.empty();
    if (!follows) {
      const auto asked = co_await lineages.follows(applied);
      if (!asked) co_return asked.error();
      follows = *asked;
    }
    if (follows && (is_descendant || is_approved)) continue;
    const auto let_in = co_await is_let_in(spec, state, *source, revision, applied, now);
    if (!let_in) co_return let_in.error();
    is_approved = is_approved || *let_in;
    if (!follows && !*let_in) co_return not_let_in(revision, applied, each.entry.traits.name);
  }
  if (is_descendant || is_approved) co_return Result<void>{};
  co_return rewritten(revision,
                      past.revision,
                      "Let it in for an account of the file by `authzd approve REVISION`, or push "
                      "a history that descends from it");
}

}  // namespace authzd
