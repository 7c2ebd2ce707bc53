// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Grants at rest: the same values in a small part of the memory. A process with many accounts works
// on a few of them at a time, and the others need their grants only when their next cycle begins.
#pragma once

#include "reconciler/model/desired.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace authzd {

class PackedGrants {
 public:
  PackedGrants() = default;

  /// They take least when neighbours resemble each other, as they do in a Desired. It packs any
  /// grants, in any order.
  PackedGrants(const AccountId& account, std::span<const Grant> grants);

  /// Equal to what was packed, in the same order.
  [[nodiscard]] std::vector<Grant> unpack() const;

  [[nodiscard]] std::size_t size() const { return size_; }           // grants
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }  // that they take

 private:
  AccountId account_;
  std::size_t size_ = 0;
  std::string bytes_;
};

}  // namespace authzd
