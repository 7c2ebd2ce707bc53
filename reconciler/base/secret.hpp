// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A string that must never be shown. It has no output operator, no comparison and no conversion.
// Only `reveal` gives access to its bytes, which is easy to search for in a review. Also a mask for
// external text that may contain a secret by mistake: a key pasted into a manifest, or quoted in a
// server's error.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Secret() { wipe(); }

  [[nodiscard]] bool empty() const { return text_.empty(); }

  /// For the one place that sends it.
  [[nodiscard]] std::string_view reveal() const { return text_; }

 private:
  void wipe() noexcept;  // overwrites the bytes in a way that the optimiser cannot remove

  std::string text_;
};

/// For text whose secrets are not known; known ones use the type Secret.
/// Replaces each byte of what looks like a secret with '*'; the length does not change.
///   - the value after a name such as apikey, token, password (`apikey: …`, `"token": "…"`), if it
///     has six characters or more without a blank
///   - a word of 32 characters or more with capital and small letters and a digit. API keys, tokens
///     and signatures look like that; ids, digests, names and CRNs of IBM Cloud do not
std::string without_secrets(std::string_view text);

}  // namespace authzd
