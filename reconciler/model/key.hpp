// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The canonical identity of a grant or a policy: account, subject and resource attributes. Like
// IAM's own duplicate check, it does not include roles and description.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/prefetch.hpp"
#include "reconciler/model/attribute.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace authzd {

/// Copies share their text.
class Key {
 public:
  Key() = default;
  Key(const AccountId& account, const AttributeSet& subject, const AttributeSet& resource);

  /// A key from the stored text() of another one; the text is not checked.
  static Key from_text(const std::string& text);

  /// The canonical text; unambiguous, one attribute per line.
  [[nodiscard]] const std::string& text() const;

  /// The first 12 hex digits of the text's SHA-256, as in a marker. Computed once for all copies.
  [[nodiscard]] std::string hash12() const;

  /// The number that hash12() writes.
  [[nodiscard]] std::uint64_t short_hash() const;

  /// Before a loop over many keys asks for short_hash(): see prefetch.hpp.
  void fetch_ahead() const { prefetch(shared_.get()); }

  friend bool operator==(const Key& a, const Key& b) {
    return a.shared_ == b.shared_ || a.text() == b.text();
  }
  friend std::strong_ordering operator<=>(const Key& a, const Key& b) {
    return a.shared_ == b.shared_ ? std::strong_ordering::equal : a.text() <=> b.text();
  }

 private:
  struct Shared;

  std::shared_ptr<const Shared> shared_;  // null: no text
};

}  // namespace authzd
