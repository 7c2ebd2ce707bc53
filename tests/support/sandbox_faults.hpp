// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Everything that can go wrong between a client and IAM, by name: tests that must hold whatever
// happens go through all of it.
#pragma once

#include "daemon/sandbox/faults.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace authzd::test {

struct NamedFault {
  std::string name;  // a word, for ctest
  sandbox::Fault fault;
};

/// For a test that fails.
inline void PrintTo(const NamedFault& fault, std::ostream* out) {
  *out << fault.name;
}

/// Each meets every request that fits `method` and `path`, `times` times (0: always).
std::vector<NamedFault> faults_of(const std::string& method,
                                  const std::string& path,
                                  int times = 1);

}  // namespace authzd::test
