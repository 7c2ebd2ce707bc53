// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tokens as IAM makes them, unsigned: for the tests of this folder.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

inline std::string encode_base64url(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string encoded;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    bits = bits << 8U | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) encoded += kAlphabet[bits >> (count - 6) & 0x3fU];
    bits &= 0xffffU;
  }
  if (count > 0) encoded += kAlphabet[bits << (6 - count) & 0x3fU];
  return encoded;
}

inline std::string make_jwt(std::string_view claims) {
  return encode_base64url(R"({"alg":"none"})") + "." + encode_base64url(claims) + ".c2lnbmF0dXJl";
}

}  // namespace authzd
