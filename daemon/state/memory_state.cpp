// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/memory_state.hpp"

#include <utility>

namespace authzd {

Result<void> MemoryState::keep_good(GoodRevision revision) {
  good_ = std::move(revision);
  return {};
}

Result<void> MemoryState::record(const Action& action, const Outcome& outcome, Timestamp now) {
  std::erase_if(writes_, [&](const OwnWrite& write) { return now - write.at > settle_; });
  if (outcome.stored && !outcome.stored->etag.empty()) {
    etags_[outcome.stored->policy.id] = outcome.stored->etag;
  }
  if (outcome.kind != OutcomeKind::done) return {};

  if (action.verb == Verb::remove) {
    forget(action.id);
    if (!outcome.wrote) return {};
    Observed gone;
    gone.id = action.id;
    gone.content = *action.before;
    gone.state = PolicyState::deleted;
    gone.last_modified_at = action.last_modified_at;
    writes_.push_back({std::move(gone), now});
    return {};
  }
  if (!outcome.stored) return {};
  const Observed& stored = outcome.stored->policy;
  if (action.reason == Reason::released) {
    known_ids_.erase(stored.id);
  } else {
    known_ids_.insert(stored.id);
  }
  if (outcome.wrote) writes_.push_back({stored, now});
  return {};
}

void MemoryState::forget(const PolicyId& id) {
  known_ids_.erase(id);
  etags_.erase(id);
}

}  // namespace authzd
