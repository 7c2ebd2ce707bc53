// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What manifests may ask of an account: its name and labels choose the documents that are meant for
// it, its parameters are put into them. None of it is a secret.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace authzd {

struct AccountTraits {
  using Texts = std::map<std::string, std::string, std::less<>>;

  std::string name;
  Texts labels = {};
  Texts params = {};

  bool operator==(const AccountTraits&) const = default;
};

inline constexpr std::size_t kMaxLabels = 64;        // of an account
inline constexpr std::size_t kMaxParams = 256;       // of an account
inline constexpr std::size_t kMaxParamValue = 1000;  // characters

/// 1 to 63 letters, digits and "-_./", beginning and ending with a letter or digit.
bool is_label_key(std::string_view text);

/// The same, or nothing.
bool is_label_value(std::string_view text);

/// 1 to 63 letters, digits, '-' and '_', beginning with a letter.
bool is_param_name(std::string_view text);

/// Different traits never give the same text: for digests.
std::string traits_text(const AccountTraits& traits);

}  // namespace authzd
