// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who may reach what: a picture in two columns, sources left and targets right, the same as a
// table, and the policies behind it.
#pragma once

#include "daemon/console/frame.hpp"
#include "reconciler/report/reach.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace authzd::console {

inline constexpr std::size_t kPoliciesAPage = 25;

/// What the page is asked for; an empty filter admits everything.
struct ReachQuery {
  std::string account;   // by name
  std::string service;   // of the source or of the target
  std::string instance;  // part of an instance's id or name, of either side
  std::string role;      // as displayed
  std::string owner;     // "ours", "unmanaged", "foreign"
  std::size_t page = 1;  // of the policies below the picture
};

struct ReachPageView {
  ReachQuery query;
  std::vector<std::string> accounts;  // names of all
  std::vector<ReachView> lists;       // of those that were asked for
  std::size_t missing = 0;  // accounts asked for whose policies are not kept, or not known
  std::vector<std::string> unreadable = {};  // of the lists: sentences about such policies
};

std::string reach_page(const Frame& frame, const ReachPageView& view);

}  // namespace authzd::console
