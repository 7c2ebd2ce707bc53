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
#include <string_view>
#include <vector>

namespace authzd {

class Recogniser {
 public:
  /// Both must outlive it.
  Recogniser(const std::vector<Want>& wants, const Ownership& ownership);

  /// What sight() returns, with the grant at its key; none: not recognised.
  [[nodiscard]] std::optional<SurveyedPolicy> sight(const Observed& policy) const;

 private:
  void add(std::uint32_t want);
  [[nodiscard]] std::optional<std::size_t> find(std::string_view hash12,
                                                std::string_view name) const;

  const std::vector<Want>& wants_;
  const Ownership& ownership_;
  std::vector<std::uint32_t> slots_;  // numbers of wants, by the hash of their key
};

}  // namespace authzd
