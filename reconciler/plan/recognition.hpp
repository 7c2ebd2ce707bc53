// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Recognises the policies that authzd wrote and nobody has changed in source, target or marker:
// most of them, most of the time. Such a policy is compared with its grant, which needs neither its
// key, nor the hash of that, nor its description in parts. It is a shorter way to what sight()
// finds out, and a law checks that it leads there; a policy that is not recognised goes the whole
// way.
#pragma once

#include "reconciler/plan/survey.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace authzd {

struct Recognised {
  std::size_t want =
      0;  // it has exactly the key of that grant, and a marker with its name and hash
  bool is_marked_protected = false;
  bool is_as_granted = false;  // and its roles and its description, to the letter, are the grant's
};

class Recogniser {
 public:
  /// Both must outlive it.
  Recogniser(const std::vector<Want>& wants, const Ownership& ownership);

  /// None: not recognised. It does not tell whether someone can witness that the policy is ours.
  [[nodiscard]] std::optional<Recognised> find(const Observed& policy) const;

 private:
  void add(std::uint32_t want);
  [[nodiscard]] std::optional<std::size_t> find(std::string_view hash12,
                                                std::string_view name) const;

  const std::vector<Want>& wants_;
  const Ownership& ownership_;
  std::vector<std::uint32_t> slots_;  // numbers of wants, by the hash of their key
};

}  // namespace authzd
