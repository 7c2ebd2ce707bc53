// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Rows (address, is_committer) with the authors of a revision or of an end. Private to this folder.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/state/database.hpp"

#include <string>
#include <utility>

namespace authzd {

/// An empty address means that not all are known.
inline void add_author(Authors& authors, const SqlRow& row) {
  std::string address = row.text(0);
  if (address.empty()) {
    authors.is_known = false;
  } else {
    (row.flag(1) ? authors.committed : authors.wrote).insert(std::move(address));
  }
}

}  // namespace authzd
