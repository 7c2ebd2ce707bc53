// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/narrow_revision.hpp"

#include "reconciler/rollout/narrowing.hpp"

#include <map>
#include <memory>
#include <utility>

namespace authzd {

Result<void> keep_earlier_ends(const AccountState& state, NamedRevision& named) {
  if (!named.good->narrows) return {};
  const auto standing = state.rails.ends();
  if (!standing) return standing.error();
  std::map<Key, Timestamp> ends;
  for (const auto& [key, end] : *standing) ends.emplace(key, end.at);
  GoodRevision narrowed = *named.good;
  narrowed.desired = with_earlier_ends(std::move(narrowed.desired), ends);
  named.good = std::make_shared<const GoodRevision>(std::move(narrowed));
  return {};
}

}  // namespace authzd
