// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/bearer.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace authzd {
/// Compares digests, which have equal lengths.
bool is_token(std::string_view given, const Secret& token) {
  const std::string theirs = sha256_hex(given);
  const std::string ours = sha256_hex(token.reveal());
  return CRYPTO_memcmp(theirs.data(), ours.data(), ours.size()) == 0;
}

bool has_bearer_token(const HttpHeaders& headers, const Secret& token) {
  constexpr std::string_view kName = "Authorization";
  constexpr std::string_view kScheme = "Bearer ";
  const auto count = std::ranges::count_if(
      headers, [&](const HttpHeader& header) { return iequals(header.name, kName); });
  if (count != 1) return false;
  const std::string_view value = find_header(headers, kName);
  if (!iequals(value.substr(0, kScheme.size()), kScheme)) return false;
  return is_token(trim(value.substr(kScheme.size())), token);
}

}  // namespace authzd
