// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// SHA-256 over text, plain and keyed, as OpenSSL computes it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace authzd {

/// The digest of data that is added in pieces, so that it need not be in memory as a whole.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void add(std::string_view text);

  /// As sha256_hex() of everything that was added.
  [[nodiscard]] std::string hex() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The fewest digits with which a person may name a hash. The author of a manifest can make two
/// hashes that begin alike, but not with 128 equal bits.
inline constexpr std::size_t kFewestDigits = 32;

/// True for a hash with fewer digits than that.
bool is_cut_too_short(std::string_view typed);

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// HMAC-SHA256 (RFC 2104): 64 lower-case hex digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

}  // namespace authzd
