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

Error empty_source() {
  return {ErrorCode::invalid_manifest,
          "the source holds no authorization; set allowEmpty: true if that is meant"};
}

}  // namespace

Async<Intent> DesiredLoader::next(Timestamp now) {
  if (source_ == nullptr) co_return Intent{};
  if (auto recalled = recall(now); !recalled) co_return std::move(recalled).error();
  std::string known = good_ ? good_->revision : std::string();
  auto snapshot = co_await source_->fetch(spec_.paths, std::move(known));
  if (!snapshot) co_return refuse({{}, std::move(snapshot).error(), {}});
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
  good_ = GoodRevision{std::move((*kept)->revision), std::move(loaded.desired)};
  warnings_ = std::move(loaded.diagnostics);
  return {};
}

Result<Intent> DesiredLoader::take(Snapshot snapshot, Timestamp now) {
  if (good_ && good_->revision == snapshot.revision) {
    return Intent{good_, std::nullopt, warnings_};
  }

  LoadOutcome loaded = load_manifests(snapshot.files, {.account = spec_.id, .now = now});
  if (has_errors(loaded.diagnostics)) {
    return refuse({snapshot.revision, invalid(loaded.diagnostics), loaded.diagnostics});
  }
  if (loaded.desired.grants.empty() && !spec_.allow_empty) {
    return refuse({snapshot.revision, empty_source(), {}});
  }

  const GoodText text{snapshot.revision, std::move(snapshot.files), now};
  if (auto kept = state_.revisions.keep_good(text); !kept) return std::move(kept).error();
  good_ = GoodRevision{std::move(snapshot.revision), std::move(loaded.desired)};
  warnings_ = std::move(loaded.diagnostics);
  return Intent{good_, std::nullopt, warnings_};
}

Intent DesiredLoader::refuse(Refusal refusal) const {
  return {good_, std::move(refusal), warnings_};
}

}  // namespace authzd
