// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From a source to the desired state of one account. A revision is taken whole or refused whole;
// while one is refused, the last good one goes on being enforced (design §6), after a restart too.
#pragma once

#include "daemon/run/account_spec.hpp"
#include "daemon/source/source.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/manifest/loader.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// A revision that was loaded without an error.
struct GoodRevision {
  std::string revision;
  Desired desired;
};

/// A revision of thousands of grants is held once, by whoever still works with it.
using SharedRevision = std::shared_ptr<const GoodRevision>;

/// Why the newest revision is not enforced.
struct Refusal {
  std::string revision;  // empty: the source could not tell which is the newest
  Error error;
  std::vector<Diagnostic> diagnostics;  // of the loader, where it was the loader that found fault
};

struct Intent {
  SharedRevision good;               // what to enforce; null: nothing was ever good
  std::optional<Refusal> refusal;    // the newest revision, if that is not `good`
  std::vector<Diagnostic> warnings;  // about `good`
};

class DesiredLoader {
 public:
  /// All three must outlive this; without a source nothing is ever good.
  DesiredLoader(const AccountSpec& spec, Source* source, AccountState& state)
      : spec_(spec), source_(source), state_(state) {}

  /// Fetches, and loads where the revision is another than the last one. It fails only where the
  /// state does.
  Async<Intent> next(Timestamp now);

 private:
  Result<void> recall(Timestamp now);
  Result<std::string> known(Timestamp now);
  Async<std::optional<Refusal>> check_lineage(std::string revision, Timestamp now);
  Result<Intent> take(Snapshot snapshot, Timestamp now);
  Result<Intent> refuse(Refusal refusal, Timestamp now);
  Result<void> keep_attempted(std::string revision, std::string error, Timestamp now);

  const AccountSpec& spec_;
  Source* source_;
  AccountState& state_;
  bool has_recalled_ = false;
  bool is_current_ = false;           // `good_` was fetched by this process, with these paths
  SharedRevision good_;               // the text of it is in the state
  std::vector<Diagnostic> warnings_;  // about `good_`
  std::optional<Refusal> refused_;    // the last one, where asking again would end the same
};

}  // namespace authzd
