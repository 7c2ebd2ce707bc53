// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Questions of `why` by brute force: a small universe in which every access is tried, under every
// reading of what is not known about IAM.
#pragma once

#include "reconciler/report/why.hpp"

#include <functional>
#include <string>
#include <vector>

namespace authzd::test {

inline const AccountId kHome{"0123456789abcdef0123456789abcdef"};
inline const AccountId kElsewhere{"fedcba9876543210fedcba9876543210"};

/// A number below `n`.
using Draw = std::function<int(int n)>;

struct WhyWorld {
  WhyQuestion question;
  std::vector<Observed> policies;
};

/// How far a world goes: `plain` has one policy, of IAM's operators alone, with no attribute twice,
/// and one role that is the one asked for or a lower one.
enum class WorldKind { any, plain };
WhyWorld any_world(const Draw& draw, WorldKind kind = WorldKind::any);

/// By trying every access that the question means.
struct Truth {
  bool all = true;   // in every reading, all of them are permitted
  bool none = true;  // in every reading, none is
};
Truth truth_of(const WhyWorld& world);

WhyAnswer answer_to(const WhyWorld& world);
std::string to_string(const WhyWorld& world);

}  // namespace authzd::test
