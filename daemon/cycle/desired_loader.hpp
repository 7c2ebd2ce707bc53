// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From a source to the desired state of one account. A revision is taken whole or refused whole;
// while one is refused, the last good one remains in force (design §6), after a restart too.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/source/source.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/model/instance.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// A revision that was loaded without an error.
struct GoodRevision {
  std::string revision;
  Desired desired;
  std::string digest;  // of the text: other paths give the same commit another
  /// Against the good revision that was in force before it, as far as this process knows.
  std::vector<AssertionChange> lost_assertions = {};
  /// What its instance names stood for when it was taken, as far as the state did not know.
  KnownInstances located = {};
};

/// A revision of thousands of grants is held once, by whoever still works with it.
using SharedRevision = std::shared_ptr<const GoodRevision>;

/// Why the newest revision is not enforced.
struct Refusal {
  std::string revision;  // empty: the source could not tell which is the newest
  Error error;
  std::vector<Diagnostic> diagnostics;  // of the loader, where it was the loader that found fault
  Authors authors = {};  // of the revision, beside those that the state has, where they matter
};

struct Intent {
  SharedRevision good;               // what to enforce; null: nothing was ever good
  std::optional<Refusal> refusal;    // the newest revision, if that is not `good`
  std::vector<Diagnostic> warnings;  // about `good`
  std::size_t ignored = 0;           // files that .authzdignore left out of it, as far as known
  /// Of a look: who wrote `good`, where the state does not have them yet and they matter.
  Authors authors = {};
};

class DesiredLoader {
 public:
  /// All must outlive this. Without a source nothing is ever good; without a reader instance names
  /// are taken as they are.
  DesiredLoader(const AccountSpec& spec,
                Source* source,
                AccountState& state,
                PolicyReader* reader = nullptr)
      : spec_(spec), source_(source), state_(state), reader_(reader) {}

  /// Fetches, and loads where the revision is another than the last one. Errors: those of the
  /// state; exhausted.
  Async<Intent> next(Timestamp now);

  /// What next() would say now, for one who only looks: nothing of it is kept, neither here nor in
  /// the state. May be called while next() is under way. This must outlive it.
  Async<Intent> look(Timestamp now) const;

  /// What was enforced last, as the state has it and without a look at the source; null: nothing
  /// was ever good. May be called while next() is under way. This must outlive it. Errors:
  /// invalid_manifest, where this version, or these limits, no longer take it; those of the state.
  Async<SharedRevision> last_good(Timestamp now) const;

  /// Whether the source still holds what next() took as good last: asked before access is taken
  /// away, since what a person is writing to a directory may have looked finished. True where the
  /// last good revision remains in force because the newest is refused or cannot be read.
  Async<bool> still_holds() const;

 private:
  struct Kept {
    std::string revision;
    std::string digest;
    LoadOutcome loaded;
  };

  Async<void> recall(Timestamp now);
  Async<std::optional<Kept>> load_kept(Timestamp now) const;
  Result<void> recall_refusal();
  [[nodiscard]] std::string judge() const;
  Async<LoadOutcome> load(const Snapshot& snapshot,  // coroutine-ref: the awaiter's
                          Timestamp now);
  Result<std::string> known(Timestamp now);
  Async<Authors> ask_authors(std::string revision);
  Async<std::optional<Refusal>> check_lineage(std::string revision,
                                              const Authors& wrote,  // coroutine-ref: the awaiter's
                                              Timestamp now);
  [[nodiscard]] Result<bool> is_let_in(const std::string& revision,
                                       const Authors& wrote,
                                       Timestamp now) const;
  Async<Intent> consider(Snapshot snapshot, Timestamp now);
  Async<Intent> take(Snapshot snapshot, Authors wrote, Timestamp now);
  Result<Intent> refuse(Refusal refusal, Timestamp now);
  Async<std::optional<Refusal>> locate(const Snapshot& snapshot,  // coroutine-ref: the awaiter's
                                       const Desired& desired,    // coroutine-ref: the awaiter's
                                       KnownInstances& located);  // coroutine-ref: the awaiter's
  Result<void> keep_good(const GoodText& text);
  Result<void> keep_attempted(std::string revision, std::string error, Timestamp now);

  const AccountSpec& spec_;
  Source* source_;
  AccountState& state_;
  PolicyReader* reader_;
  bool keeps_ = true;  // false: of one who only looks
  bool has_recalled_ = false;
  bool is_current_ = false;           // `good_` was fetched by this process, with these paths
  bool is_newest_ = false;            // and the source gave it last
  SharedRevision good_;               // the text of it is in the state
  std::vector<Diagnostic> warnings_;  // about `good_`
  std::set<std::string> ignored_;     // files that .authzdignore left out of it, as far as known
  std::optional<Refusal> refused_;    // the last one, where asking again would end the same
};

}  // namespace authzd
