// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// SHA-256 over text, plain and keyed, as OpenSSL computes it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace authzd {

/// Of what is added piece by piece, so that it need not be in memory as a whole.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void add(std::string_view text);

  /// As sha256_hex() of all that was added.
  [[nodiscard]] std::string hex() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The fewest digits by which a person may name a hash: what he types is compared with what he
/// read, and the author of a manifest can make two that begin alike, but not for 128 bits.
inline constexpr std::size_t kFewestDigits = 32;

/// A hash, cut shorter than that.
bool is_cut_too_short(std::string_view typed);

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// HMAC-SHA256 (RFC 2104): 64 lower-case hex digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

}  // namespace authzd
