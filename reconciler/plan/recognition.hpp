// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Recognises the policies that authzd wrote and nobody has changed in source, target or marker:
// most of them, most of the time. Such a policy is compared with its grant, which needs neither its
// key, nor the hash of that, nor its description in parts. It is a shorter way to what sight()
// finds out, and a law checks that it leads there; a policy that is not recognised goes the whole
// way.
//
// All comparisons are exact. They take longer to wait for memory than to compare, so several
// policies are looked at together: while one is compared, the parts of the others are fetched.
#pragma once

#include "reconciler/base/in_order.hpp"
#include "reconciler/plan/survey.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace authzd {

class Recogniser {
 public:
  /// Enough to hide the waiting, and few enough for all their parts to stay in the cache.
  static constexpr std::size_t kTogether = 32;

  /// Both must outlive it.
  Recogniser(const std::vector<Want>& wants, const Ownership& ownership);

  /// Of each policy what sight() returns, with the grant at its key; none: not recognised. At most
  /// kTogether at once; it is faster in the order of their ids.
  std::vector<std::optional<SurveyedPolicy>> sight(std::span<const Observed* const> policies);

 private:
  /// A grant by the hash of its key.
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t want = 0;
  };

  /// The grant that a policy was written for, according to its description.
  struct Lead {
    PlainDescription plain;
    std::size_t want = 0;
  };

  /// What the state knows of a policy.
  struct Remembered {
    bool is_known = false;
    const WrittenPolicy* written = nullptr;  // as written_of()
  };

  void add(std::uint32_t want);
  [[nodiscard]] std::optional<std::size_t> find(std::uint64_t hash) const;
  [[nodiscard]] std::optional<Lead> follow(const Observed& policy) const;
  Remembered recall(const PolicyId& id);
  std::optional<SurveyedPolicy> compare(const Observed& policy, const Lead& lead);
  [[nodiscard]] const Grant& grant_of(const Lead& lead) const { return *grants_[lead.want]; }

  const std::vector<Want>& wants_;
  const Ownership& ownership_;
  std::vector<const Grant*> grants_;  // of the wants
  std::vector<Slot> slots_;           // by hash
  InOrder<std::map<PolicyId, PolicyOrigin>> known_;
  InOrder<std::map<PolicyId, WrittenPolicy>> written_;
};

}  // namespace authzd
