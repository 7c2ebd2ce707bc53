// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/desired_loader.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

Error invalid(const std::vector<Diagnostic>& diagnostics) {
  const auto errors = static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::error;
      }));
  return {ErrorCode::invalid_manifest,
          "the manifests have " + count_of(errors, "error", "errors") +
              "; nothing of this revision is applied"};
}

SharedRevision share(std::string revision, Desired desired) {
  return std::make_shared<const GoodRevision>(
      GoodRevision{std::move(revision), std::move(desired)});
}

Error empty_source() {
  return {ErrorCode::invalid_manifest,
          "the source holds no authorization; set allowEmpty: true if that is meant"};
}

Error no_descendant(const std::string& revision, const std::string& applied, Lineage lineage) {
  const std::string how =
      lineage == Lineage::goes_back
          ? ", the one applied last, descends from it: the branch was set back"
          : ", the one applied last, is no ancestor of it: history was rewritten";
  return {ErrorCode::unsafe_plan,
          "revision " + printable(revision) + " is not applied: " + printable(applied) + how +
              ". If that is meant: authzd approve " + printable(revision)};
}

}  // namespace

Async<Intent> DesiredLoader::next(Timestamp now) {
  if (source_ == nullptr) co_return Intent{};
  if (auto recalled = recall(now); !recalled) co_return std::move(recalled).error();

  auto known = this->known(now);
  if (!known) co_return std::move(known).error();
  auto fetched = co_await source_->fetch(spec_.paths, std::move(*known));
  if (!fetched) {
    Refusal refusal{{}, std::move(fetched).error(), {}};
    co_return refuse(std::move(refusal), now);
  }
  if (auto* refused = std::get_if<RefusedRevision>(&*fetched)) {
    Refusal refusal{std::move(refused->revision), std::move(refused->why), {}};
    co_return refuse(std::move(refusal), now);
  }
  auto* snapshot = std::get_if<Snapshot>(&*fetched);
  if (good_ && is_current_ && good_->revision == snapshot->revision) {
    refused_.reset();
    auto kept = keep_attempted(snapshot->revision, {}, now);  // a fetch may have failed meanwhile
    if (!kept) co_return std::move(kept).error();
    co_return Intent{good_, std::nullopt, warnings_};
  }
  if (refused_ && refused_->revision == snapshot->revision) co_return refuse(*refused_, now);
  auto unfit = co_await check_lineage(snapshot->revision, now);
  if (!unfit) co_return std::move(unfit).error();
  if (*unfit) {
    if ((*unfit)->error.code == ErrorCode::unsafe_plan) refused_ = *unfit;
    co_return refuse(std::move(**unfit), now);
  }
  co_return take(std::move(*snapshot), now);
}

/// After a start: what an earlier process enforced. A text that this version finds fault with is
/// no good revision any more.
Result<void> DesiredLoader::recall(Timestamp now) {
  if (has_recalled_) return {};
  auto kept = state_.revisions.good();
  if (!kept) return std::move(kept).error();
  has_recalled_ = true;
  if (!*kept) return {};
  LoadOutcome loaded = load_manifests((*kept)->files, {.account = spec_.id, .now = now});
  if (has_errors(loaded.diagnostics)) return {};
  good_ = share(std::move((*kept)->revision), std::move(loaded.desired));
  warnings_ = std::move(loaded.diagnostics);
  return {};
}

/// The revision that has been judged, so that its text need not be read again. One that does not
/// follow the applied one is judged anew once a person has let it in.
Result<std::string> DesiredLoader::known(Timestamp now) {
  if (refused_ && refused_->error.code == ErrorCode::unsafe_plan) {
    const auto approved = state_.approvals.is_revision_approved(refused_->revision, now);
    if (!approved) return approved.error();
    if (*approved) refused_.reset();
  }
  if (refused_) return refused_->revision;
  return good_ && is_current_ ? good_->revision : std::string{};
}

/// A new revision must come after the one that was applied last, unless a person lets it in.
Async<std::optional<Refusal>> DesiredLoader::check_lineage(std::string revision, Timestamp now) {
  const auto applied = state_.revisions.applied();
  if (!applied) co_return applied.error();
  std::optional<Refusal> none;
  if (!*applied || (*applied)->revision.empty() || (*applied)->revision == revision) co_return none;

  const auto approved = state_.approvals.is_revision_approved(revision, now);
  if (!approved) co_return approved.error();
  if (*approved) co_return none;
  const std::string earlier = (*applied)->revision;
  auto lineage = co_await source_->lineage(revision, earlier);
  if (lineage && *lineage == Lineage::follows) co_return none;
  Refusal refusal;
  refusal.revision = revision;
  if (lineage) {
    refusal.error = no_descendant(revision, earlier, *lineage);
  } else {
    refusal.error = std::move(lineage).error().context("finding how " + printable(revision) +
                                                       " stands to " + printable(earlier));
  }
  co_return std::optional<Refusal>(std::move(refusal));
}

Result<Intent> DesiredLoader::take(Snapshot snapshot, Timestamp now) {
  LoadOutcome loaded = load_manifests(snapshot.files, {.account = spec_.id, .now = now});
  if (has_errors(loaded.diagnostics)) {
    refused_ = {snapshot.revision, invalid(loaded.diagnostics), loaded.diagnostics};
  } else if (loaded.desired.grants.empty() && !spec_.allow_empty) {
    refused_ = {snapshot.revision, empty_source(), {}};
  } else {
    refused_.reset();
  }
  if (refused_) return refuse(*refused_, now);

  const GoodText text{snapshot.revision, std::move(snapshot.files), now};
  if (auto kept = state_.revisions.keep_good(text); !kept) return std::move(kept).error();
  if (auto kept = keep_attempted(snapshot.revision, {}, now); !kept) return std::move(kept).error();
  good_ = share(std::move(snapshot.revision), std::move(loaded.desired));
  warnings_ = std::move(loaded.diagnostics);
  is_current_ = true;
  return Intent{good_, std::nullopt, warnings_};
}

Result<Intent> DesiredLoader::refuse(Refusal refusal, Timestamp now) {
  auto kept = keep_attempted(refusal.revision, to_string(refusal.error), now);
  if (!kept) return std::move(kept).error();
  return Intent{good_, std::move(refusal), warnings_};
}

/// Written only where it is news. Where the source failed before there was a revision, the newest
/// one stays what was tried last: it may be waiting for a person to let it in.
Result<void> DesiredLoader::keep_attempted(std::string revision, std::string error, Timestamp now) {
  const auto last = state_.revisions.attempted();
  if (!last) return last.error();
  if (*last && revision.empty()) revision = (*last)->revision;
  if (*last && (*last)->revision == revision && (*last)->error == error) return {};
  return state_.revisions.keep_attempted({std::move(revision), now, std::move(error)});
}

}  // namespace authzd
