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
  const auto good = state_.last_good();
  std::string known = good ? good->revision : std::string();
  auto snapshot = co_await source_->fetch(spec_.paths, std::move(known));
  if (!snapshot) co_return refuse({{}, std::move(snapshot).error(), {}});
  co_return take(std::move(*snapshot), now);
}

Result<Intent> DesiredLoader::take(Snapshot snapshot, Timestamp now) {
  const auto good = state_.last_good();
  if (good && good->revision == snapshot.revision) return Intent{good, std::nullopt, warnings_};

  LoadOutcome loaded = load_manifests(snapshot.files, {.account = spec_.id, .now = now});
  if (has_errors(loaded.diagnostics)) {
    return refuse({snapshot.revision, invalid(loaded.diagnostics), loaded.diagnostics});
  }
  if (loaded.desired.grants.empty() && !spec_.allow_empty) {
    return refuse({snapshot.revision, empty_source(), {}});
  }

  GoodRevision revision{std::move(snapshot.revision), std::move(loaded.desired)};
  if (auto kept = state_.keep_good(revision); !kept) return std::move(kept).error();
  warnings_ = std::move(loaded.diagnostics);
  return Intent{std::move(revision), std::nullopt, warnings_};
}

Intent DesiredLoader::refuse(Refusal refusal) const {
  return {state_.last_good(), std::move(refusal), warnings_};
}

}  // namespace authzd
