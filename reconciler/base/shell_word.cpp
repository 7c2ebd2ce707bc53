// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/shell_word.hpp"

#include "reconciler/base/text.hpp"

namespace authzd {
namespace {

constexpr std::string_view kPlain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=@%+,";

}  // namespace

std::string shell_word(std::string_view word) {
  std::string text = printable(word);
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

}  // namespace authzd
