// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The desired grants for display: of the newest revision, or of another one. Nothing is kept.
#include "daemon/config/fleet_file.hpp"
#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/revision_checks.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace authzd {

Async<Intent> DesiredLoader::look(Timestamp now, Ahead ahead) const {
  DesiredLoader onlooker(*this);
  onlooker.keeps_ = false;
  onlooker.ahead_ = ahead;
  onlooker.waiting_.clear();
  co_return co_await onlooker.next(now);
}

/// Of an account that shall leave. It is no revision of the source: under the name of the last one
/// nothing is forgotten of what later ones have to follow.
Intent DesiredLoader::nothing_wanted() const {
  GoodRevision nothing;
  nothing.revision = good_name();
  nothing.desired.account = spec_.id;
  nothing.digest = sha256_hex("removed");
  return Intent{std::make_shared<const GoodRevision>(std::move(nothing)), std::nullopt, {}};
}

/// Who wrote that the account shall leave, in the file of accounts, is an author of each delete
/// that this wants: no revision is taken by which that would be known.
Async<Intent> DesiredLoader::leave() {
  Intent intent = nothing_wanted();
  const std::string by = spec_.fleet ? spec_.fleet->revision : std::string();
  if (spec_.fleet && by.empty() && spec_.approvers.not_the_author) {
    co_return Error{ErrorCode::unavailable,
                    "who wrote that this account shall leave is known once " +
                        printable(spec_.fleet->file) + " was read; nothing is deleted before"};
  }
  const bool matters = spec_.approvers.not_the_author && is_commit_id(by);
  if (!matters || by == good_name() || by == removed_by_) co_return intent;
  auto wrote = co_await source_->authors(by, good_name());
  if (!wrote) co_return std::move(wrote).error().context("finding who wrote " + printable(by));
  if (keeps_) {
    if (auto noted = state_.revisions.add_authors(*wrote); !noted) {
      co_return std::move(noted).error();
    }
    removed_by_ = by;
  } else {
    intent.authors = std::move(*wrote);
  }
  co_return intent;
}

/// The account as the file of accounts of another ref has it.
Async<std::optional<Intent>> DesiredLoader::take_traits_of(Source& other) {
  std::optional<Intent> none;
  if (!spec_.fleet) co_return none;
  const std::string& file = spec_.fleet->file;
  std::vector<std::string> paths{file};
  auto fetched = co_await other.fetch(std::move(paths), "");
  if (!fetched) co_return std::move(fetched).error();
  const auto* snapshot = std::get_if<Snapshot>(&*fetched);
  if (snapshot == nullptr) co_return none;  // refused as a whole
  if (snapshot->files.size() != 1) {
    Error error{ErrorCode::invalid_manifest,
                "the file of accounts " + printable(file) + " is not in that revision"};
    Refusal refusal{snapshot->revision, std::move(error), {}};
    co_return std::optional(Intent{good_, std::move(refusal), warnings_});
  }
  FleetOutcome loaded = load_fleet(snapshot->files.front());
  if (has_errors(loaded.diagnostics)) {
    Refusal refusal{snapshot->revision, invalid_revision(loaded.diagnostics), loaded.diagnostics};
    co_return std::optional(Intent{good_, std::move(refusal), warnings_});
  }
  const auto found = std::ranges::find(loaded.entries, spec_.id, &FleetEntry::id);
  if (found == loaded.entries.end()) {
    co_return Error{ErrorCode::unavailable,
                    printable(file) +
                        " of that revision does not name this account: it would be "
                        "unreachable, and nothing would be written in it"};
  }
  if (found->is_removed) co_return std::optional(nothing_wanted());
  AccountTraits traits = spec_.fleet_common;
  traits.name = found->traits.name;
  for (const auto& [name, value] : found->traits.labels) traits.labels[name] = value;
  for (const auto& [name, value] : found->traits.params) traits.params[name] = value;
  traits_ = std::move(traits);
  co_return none;
}

Result<std::shared_ptr<Source>> DesiredLoader::source_at(const std::string& ref) const {
  if (source_ == nullptr) return Error{ErrorCode::rejected, "no manifests are read here"};
  return source_->at(ref);
}

Async<Intent> DesiredLoader::look_at(Source& other,  // coroutine-ref: the awaiter's
                                     Timestamp now) const {
  DesiredLoader onlooker(*this);
  onlooker.keeps_ = false;
  onlooker.selectors_ = nullptr;  // of another revision
  if (!spec_.unreachable.empty()) co_return Error{ErrorCode::unavailable, spec_.unreachable};
  onlooker.wake();
  if (auto recalled = co_await onlooker.recall(now); !recalled)
    co_return std::move(recalled).error();
  if (spec_.is_removed && !spec_.fleet) co_return onlooker.nothing_wanted();
  auto apart = co_await onlooker.take_traits_of(other);
  if (!apart) co_return std::move(apart).error();
  if (*apart) co_return std::move(**apart);
  onlooker.refused_.reset();
  auto fetched = co_await other.fetch(spec_.paths, "");
  if (!fetched) {
    Refusal refusal{{}, std::move(fetched).error(), {}};
    co_return onlooker.refuse(std::move(refusal), now);
  }
  if (auto* refused = std::get_if<RefusedRevision>(&*fetched)) {
    Refusal refusal{std::move(refused->revision), std::move(refused->why), {}};
    co_return onlooker.refuse(std::move(refusal), now);
  }
  Authors unknown{{}, {}, false};
  co_return co_await onlooker.take(
      std::get<Snapshot>(std::move(*fetched)), std::move(unknown), now);
}

}  // namespace authzd
