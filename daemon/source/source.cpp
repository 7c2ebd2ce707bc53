// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/source.hpp"

namespace authzd {

Async<Lineage> Source::lineage(std::string, std::string) {
  co_return Lineage::follows;
}

Async<bool> Source::still_holds(std::vector<std::string>, std::string) {
  co_return true;
}

Async<Authors> Source::authors(std::string, std::string) {
  Authors unknown;
  unknown.is_known = false;
  co_return unknown;
}

}  // namespace authzd
