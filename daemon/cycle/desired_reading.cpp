// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From the text of a revision to the grants of this account.
#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/revision_checks.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "daemon/net/version.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <span>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

/// Yields to others between two documents: no revision may block the loop.
boost::asio::awaitable<LoadOutcome> load_in_slices(
    std::span<const SourceFile> files,  // coroutine-ref: the awaiter's
    LoadOptions options) {
  ManifestLoading loading(files, options);
  while (loading.step()) co_await boost::asio::post(boost::asio::use_awaitable);
  co_return std::move(loading).finish();
}

}  // namespace

AccountTraits DesiredLoader::traits() const {
  return traits_.value_or(AccountTraits{spec_.name, spec_.labels, spec_.params});
}

LoadOptions DesiredLoader::options(const AccountTraits& traits, Timestamp now) const {
  return {.account = spec_.id,
          .now = now,
          .limits = spec_.load_limits,
          .services = {.names = &known_services()},
          .requirements = {.require = spec_.require},
          .traits = &traits,
          .parsed = parsed_.get()};
}

bool DesiredLoader::waits_for_fleet(const std::string& revision) const {
  return spec_.fleet && is_commit_id(revision) && spec_.fleet->revision != revision;
}

std::optional<Error> DesiredLoader::refused_by_fleet(const std::string& revision) const {
  if (!waits_for_fleet(revision) || spec_.fleet->refused != revision) return std::nullopt;
  Error error = spec_.fleet->why;
  return std::move(error).context("reading the accounts of " + printable(spec_.fleet->file));
}

std::string DesiredLoader::digest_of(const GoodText& text, const LoadOutcome& loaded) {
  Sha256 digest;
  for (const SourceFile& file : text.files) {
    digest.add(std::to_string(file.name.size()) + ' ' + std::to_string(file.text.size()) + ' ');
    digest.add(file.name);
    digest.add(file.text);
  }
  if (loaded.depends_on_traits && text.traits) digest.add(traits_text(*text.traits));
  return std::move(digest).hex();
}

/// Whether the text is that of the good revision, whatever commit has it. Whether it depends on the
/// account's traits is not known before it is read.
bool DesiredLoader::is_in_force(const Snapshot& snapshot, const AccountTraits& traits) const {
  const GoodText text{snapshot.revision, snapshot.files, {}, traits};
  LoadOutcome outcome;
  if (digest_of(text, outcome) == good_->digest) return true;
  outcome.depends_on_traits = true;
  return digest_of(text, outcome) == good_->digest;
}

/// The text that is in the state, as this version reads it, with the labels and parameters that the
/// account had when it was accepted: others would make another revision of it.
Async<std::optional<DesiredLoader::Kept>> DesiredLoader::load_kept(Timestamp now) const {
  auto kept = state_.revisions.good();
  if (!kept) co_return std::move(kept).error();
  if (!*kept) co_return std::optional<Kept>();
  // One of an earlier version had no parameters that it could depend on.
  if (!(*kept)->traits) (*kept)->traits = traits();
  LoadOptions options = this->options(*(*kept)->traits, now);
  options.requirements.is_in_force = true;
  LoadOutcome loaded = co_await load_in_slices((*kept)->files, options);
  auto commit = state_.commits.find((*kept)->revision);
  if (!commit) co_return std::move(commit).error();
  note_selectors((*kept)->files, loaded);
  std::string digest = digest_of(**kept, loaded);
  Kept read{std::move((*kept)->revision), std::move(digest), std::move(loaded), std::move(*commit)};
  co_return std::optional<Kept>(std::move(read));
}

/// What the verdict on a text depends on, besides the text.
std::string DesiredLoader::judge() const {
  const LoadLimits& limits = spec_.load_limits;
  std::string all = kVersion;
  for (const std::string& path : spec_.paths) all += '\n' + path;
  all += '\n' + std::to_string(limits.max_total_bytes) + '\n' + std::to_string(limits.max_grants);
  append_part(all, traits_text(traits()));
  append_part(all, fingerprint_of(spec_.require));
  return sha256_hex(all);
}

/// Reads the text, and records the result; before that the attempt, as it may kill the process.
Async<LoadOutcome> DesiredLoader::load(const Snapshot& snapshot,  // coroutine-ref: the awaiter's
                                       Timestamp now) {
  const AccountTraits mine = traits();
  LoadOptions options = this->options(mine, now);
  if (good_ && !(spec_.require == Requirements{})) {
    options.requirements.applied = &good_->desired;
    options.requirements.is_in_force = is_in_force(snapshot, mine);
  }
  if (!keeps_) {
    LoadOutcome shown = co_await load_in_slices(snapshot.files, options);
    note_selectors(snapshot.files, shown);
    co_return shown;
  }
  const JudgedRevision judged{snapshot.revision, judge()};
  if (auto begun = state_.refusals.begin(judged); !begun) co_return std::move(begun).error();
  LoadOutcome loaded;
  try {
    loaded = co_await load_in_slices(snapshot.files, options);
  } catch (...) {
    // A stop or a reload says nothing about the text. If the state cannot record that, it counts
    // one attempt too many.
    if (is_cancellation(std::current_exception())) std::ignore = state_.refusals.take_back(judged);
    throw;
  }
  Result<void> kept;
  if (has_errors(loaded.diagnostics)) {
    kept = state_.refusals.keep(invalid_revision(loaded.diagnostics).message, loaded.diagnostics);
  } else {
    kept = state_.refusals.forget();
  }
  if (!kept) co_return std::move(kept).error();
  note_selectors(snapshot.files, loaded);
  co_return loaded;
}

void DesiredLoader::note_selectors(std::span<const SourceFile> files,
                                   const LoadOutcome& loaded) const {
  if (selectors_ == nullptr || has_errors(loaded.diagnostics)) return;
  selectors_->note(spec_.id, files, loaded.selectors);
}

}  // namespace authzd
