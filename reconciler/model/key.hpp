// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The canonical identity of a grant or a policy: account, subject and resource attributes. Like
// IAM's own duplicate check, it does not include roles and description.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/attribute.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace authzd {

class Key {
 public:
  Key() = default;
  Key(const AccountId& account, const AttributeSet& subject, const AttributeSet& resource);

  /// A key from the stored text() of another one; the text is not checked.
  static Key from_text(std::string text);

  /// The canonical text; unambiguous, one attribute per line.
  [[nodiscard]] const std::string& text() const { return text_; }

  /// The first 12 hex digits of the text's SHA-256, as in a marker. Computed on each call.
  [[nodiscard]] std::string hash12() const;

  auto operator<=>(const Key&) const = default;

 private:
  std::string text_;
};

}  // namespace authzd
