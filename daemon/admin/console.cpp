// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/console.hpp"

#include "reconciler/base/text.hpp"

namespace authzd {

bool is_yes(const std::string& answer) {
  const std::string_view word = trim(answer);
  return iequals(word, "yes") || iequals(word, "y");
}

}  // namespace authzd
