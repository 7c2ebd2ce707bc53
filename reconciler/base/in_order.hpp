// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Look-ups of many keys in a sorted map. Where each key is at or after the one before, they walk
// along the map instead of searching it; any other key is searched.
#pragma once

#include <iterator>

namespace authzd {

template <class Map>
class InOrder {
 public:
  /// `map` must outlive this, and stay as it is.
  explicit InOrder(const Map& map) : map_(map), at_(map.begin()) {}

  /// As map.find().
  typename Map::const_iterator find(const typename Map::key_type& key) {
    const bool is_behind = at_ != map_.begin() && !(std::prev(at_)->first < key);
    if (is_behind) return map_.find(key);
    while (at_ != map_.end() && at_->first < key) ++at_;
    return at_ != map_.end() && !(key < at_->first) ? at_ : map_.end();
  }

  [[nodiscard]] bool contains(const typename Map::key_type& key) { return find(key) != map_.end(); }

 private:
  const Map& map_;
  typename Map::const_iterator at_;  // all before it are less than a key that was looked up
};

}  // namespace authzd
