// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The policies in IAM as a table: a line for each, and which of them authzd manages.
#pragma once

#include "reconciler/report/policy_list.hpp"

#include <span>
#include <string>
#include <string_view>

namespace authzd {

enum class TableWidth {
  narrow,  // who may do what, and who manages it
  wide,    // also the id, who changed it last, and its last use
};

/// Sorted by source, target and roles, with a heading. The last line counts: "3 policies: 2 with a
/// marker of authzd, 1 without".
std::string table_text(std::span<const Observed> policies,
                       const ListOptions& options,
                       TableWidth width);

/// Which policies a list shows; empty or false: all.
struct ListFilter {
  std::string owner = {};  // of the marker
  /// Services: also policies that may mean several services stay.
  std::string source = {};  // service, as in `serviceName`
  std::string target = {};  // service
  bool is_managed = false;  // has a marker of authzd, of any owner
  bool is_unmanaged = false;
  std::string id = {};    // of the policy
  std::string name = {};  // of the authorization, in the marker

  [[nodiscard]] bool lets_through(const Observed& policy) const;
};

}  // namespace authzd
