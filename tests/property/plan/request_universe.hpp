// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Requests by brute force: a second, simple implementation of IAM's operators, so that authzd's
// conclusions about policies can be compared with all possible requests.
#pragma once

#include "reconciler/model/policy.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::test {

/// Unknown behaviour of IAM.
struct Reading {
  bool star_is_wild_under_equality = false;
  bool twice_means_either = false;  // for two attributes of one name
};

bool fits_glob(std::string_view glob, std::string_view text);

/// All texts of up to `length` letters of `alphabet`, the empty one first.
std::vector<std::string> all_texts(std::string_view alphabet, std::size_t length);

/// The requests that one policy permits: three attributes, each absent or any of `texts`, the
/// source's "a", the target's "a" and "b", and a role.
class Permitted {
 public:
  Permitted(const PolicyContent& policy, const std::vector<std::string>& texts, Reading reading);

  /// A request that this permits and `other` does not, as text; empty if there is none.
  [[nodiscard]] std::string beyond(const Permitted& other) const;

 private:
  [[nodiscard]] std::vector<std::size_t> kinds(const Permitted& other, std::size_t attribute) const;
  [[nodiscard]] bool permits(const std::string& role,
                             const std::array<std::size_t, 3>& values) const;

  const std::vector<std::string>& texts_;
  const RoleSet& roles_;
  std::vector<std::vector<bool>> admitted_;  // by attribute; the last of each: absent
};

}  // namespace authzd::test
