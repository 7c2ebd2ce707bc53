// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// All faults between a client and IAM, by name: tests for guarantees use all of them.
#pragma once

#include "daemon/sandbox/service.hpp"

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

/// Each applies to every request that matches `method` and `path`, `times` times (0: always).
std::vector<NamedFault> faults_of(const std::string& method,
                                  const std::string& path,
                                  int times = 1);

}  // namespace authzd::test
