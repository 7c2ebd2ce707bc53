// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From a source to the desired state of one account. A revision is accepted or refused as a whole;
// while one is refused, the last good one remains in force (design §6), after a restart too.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/cycle/intent.hpp"
#include "daemon/cycle/rollout_gate.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/iam/list_pages.hpp"
#include "daemon/source/source.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/manifest/parsed_files.hpp"
#include "reconciler/manifest/selector_book.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/packed_grants.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

/// For look(): of a revision that waits for its wave.
enum class Ahead {
  no,   // what is in force
  yes,  // what it will be when the wave comes
};

/// Some 1.5 KiB each.
inline constexpr std::size_t kMostGrantsKept = 20'000;

class DesiredLoader {
 public:
  /// All must outlive this. Without a source no revision is ever good; without a reader instance
  /// names are used as they are. `selectors`: gets those that were read. `room`: for the grants of
  /// all accounts between two cycles; without one there is no limit. `parsed`: of all accounts that
  /// read the same manifests.
  DesiredLoader(const AccountSpec& spec,
                Source* source,
                AccountState& state,
                PolicyReader* reader = nullptr,
                std::shared_ptr<ListRoom> room = nullptr,
                std::shared_ptr<ParsedFiles> parsed = nullptr,
                std::shared_ptr<SelectorBook> selectors = nullptr)
      : spec_(spec),
        source_(source),
        state_(state),
        reader_(reader),
        room_(std::move(room)),
        parsed_(std::move(parsed)),
        selectors_(std::move(selectors)) {}

  /// From now on a newer revision is taken when the gate says so.
  void sit(RolloutSeat seat) { seat_ = std::move(seat); }

  /// Fetches, and loads if the revision is not the last one. Errors: those of the state; exhausted.
  Async<Intent> next(Timestamp now);

  /// What next() would return now, without storing anything, here or in the state. May be called
  /// while next() is running. This must outlive it.
  Async<Intent> look(Timestamp now, Ahead ahead = Ahead::no) const;

  /// The account's source at another branch, tag or commit. Errors: Source::at's; rejected, without
  /// a source.
  [[nodiscard]] Result<std::shared_ptr<Source>> source_at(const std::string& ref) const;

  /// What a plan by the newest revision of `other` is made of, as if it were this account's,
  /// without storing anything. Whether it follows what is applied is not asked, and its authors are
  /// not known. Errors: those of the state.
  Async<Intent> look_at(Source& other,  // coroutine-ref: the awaiter's
                        Timestamp now) const;

  /// What was enforced last, according to the state and without reading the source; null: no
  /// revision was ever good. May be called while next() is running. This must outlive it. Errors:
  /// invalid_manifest, if this version, or these limits, no longer accept it; those of the state.
  Async<SharedRevision> last_good(Timestamp now) const;

  /// A cycle has ended: if the grants have no room, they are packed until the next one, which costs
  /// about a microsecond for each. A revision that somebody still holds stays as it is.
  void rest();

  /// Takes over what `old` knows of the same account, if it reads the same source in the same way:
  /// the revision is not loaded again. Before the first next().
  void inherit(const DesiredLoader& old);

  /// The last good revision, as far as this process has loaded it; else null.
  [[nodiscard]] SharedRevision good() const;

  /// The good revision is not the newest one, which waits for the account's wave.
  [[nodiscard]] bool has_newer() const {
    return wait_ && (good_ == nullptr || wait_->revision != good_->revision);
  }

  /// The names of the authorizations of the last good revision.
  [[nodiscard]] std::set<std::string> names() const;

  /// Whether the source still has what next() last accepted as good: checked before access is
  /// removed, since a directory that someone is writing to may have looked complete. True if the
  /// last good revision remains in force because the newest is refused or cannot be read.
  Async<bool> still_holds() const;

 private:
  struct Kept {
    std::string revision;
    std::string digest;
    LoadOutcome loaded;
    Commit commit;
  };

  /// A good revision between two cycles.
  struct Packed {
    GoodRevision revision;  // without its grants
    PackedGrants grants;
  };

  void wake();
  void take_good(SharedRevision good);
  Result<void> check_inherited();
  [[nodiscard]] static SharedRevision unpacked(const Packed& packed);
  [[nodiscard]] const std::string& good_name() const;
  Async<void> recall(Timestamp now);
  Async<std::optional<Kept>> load_kept(Timestamp now) const;
  Result<void> recall_refusal();
  Result<void> keep_commit(const Fetched& fetched);
  [[nodiscard]] std::string judge() const;
  [[nodiscard]] AccountTraits traits() const;
  /// `traits` must outlive the result.
  [[nodiscard]] LoadOptions options(const AccountTraits& traits, Timestamp now) const;
  [[nodiscard]] bool is_in_force(const Snapshot& snapshot, const AccountTraits& traits) const;
  [[nodiscard]] static std::string digest_of(const GoodText& text, const LoadOutcome& loaded);
  Async<LoadOutcome> load(const Snapshot& snapshot,  // coroutine-ref: the awaiter's
                          Timestamp now);
  void note_selectors(std::span<const SourceFile> files, const LoadOutcome& loaded) const;
  Result<std::string> known(Timestamp now);
  Async<Authors> ask_authors(std::string revision);
  Async<std::optional<Refusal>> check_lineage(std::string revision,
                                              const Authors& wrote,  // coroutine-ref: the awaiter's
                                              Timestamp now);
  [[nodiscard]] Result<bool> is_let_in(const std::string& revision,
                                       const Authors& wrote,
                                       Timestamp now) const;
  Async<Intent> consider(Snapshot snapshot, Timestamp now);
  [[nodiscard]] Intent nothing_wanted() const;
  Async<Intent> leave();
  Async<std::optional<Intent>> take_traits_of(Source& other);  // coroutine-ref: the awaiter's
  Async<Intent> take(Snapshot snapshot, Authors wrote, Timestamp now);
  Result<Intent> refuse(Refusal refusal, Timestamp now);
  [[nodiscard]] bool waits_for_fleet(const std::string& revision) const;
  [[nodiscard]] std::optional<Error> refused_by_fleet(const std::string& revision) const;
  [[nodiscard]] Intent enforce() const;
  void set_narrows(const std::optional<RolloutWait>& narrows);
  Result<void> restrict_good();
  Result<void> settle_good();
  Async<Fetched> fetch_newest(Timestamp now);
  Async<Intent> take_by_wave(Snapshot snapshot, Authors wrote, Timestamp now);
  Async<Passage> ask_gate(std::string revision, bool is_let_in);
  Async<std::optional<Refusal>> locate(const Snapshot& snapshot,  // coroutine-ref: the awaiter's
                                       const Desired& desired,    // coroutine-ref: the awaiter's
                                       KnownInstances& located);  // coroutine-ref: the awaiter's
  Result<void> keep_good(const GoodText& text);
  Result<void> keep_attempted(std::string revision, std::string error, Timestamp now);

  const AccountSpec& spec_;
  Source* source_;
  AccountState& state_;
  PolicyReader* reader_;
  std::shared_ptr<ListRoom> room_;
  std::shared_ptr<ParsedFiles> parsed_;
  std::shared_ptr<SelectorBook> selectors_;
  bool keeps_ = true;                         // false: of look(), which stores nothing
  std::optional<AccountTraits> traits_ = {};  // of another ref; none: those of the account
  bool has_recalled_ = false;
  bool has_inherited_ = false;  // the good revision, from before a reload
  bool is_current_ = false;     // `good_` was fetched by this process, with these paths
  bool is_newest_ = false;      // and was the source's newest
  SharedRevision good_;         // its text is in the state; null: packed, or there is none
  std::shared_ptr<const Packed> packed_;  // the good revision, if it had no room
  std::shared_ptr<void> place_;           // of its grants in the room
  std::vector<Diagnostic> warnings_;      // about `good_`
  std::set<std::string> ignored_;         // files that .authzdignore excluded from it, if known
  RolloutSeat seat_;
  Ahead ahead_ = Ahead::no;          // of look()
  std::optional<RolloutWait> wait_;  // the newest revision does, or what gives access in `good_`
  std::string removed_by_;           // the commit with `removed: true` whose authors the state has
  std::string waiting_;              // a revision that was considered, and waits for its wave
  std::optional<Refusal> refused_;   // the last one, if reading it again would end the same
};

}  // namespace authzd
