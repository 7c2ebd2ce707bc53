// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/exit_code.hpp"

#include <array>

namespace authzd {

ExitCode worst(const std::set<ExitCode>& codes) {
  constexpr std::array kOrder{ExitCode::usage,
                              ExitCode::invalid,
                              ExitCode::error,
                              ExitCode::held,
                              ExitCode::conflicts,
                              ExitCode::changes};
  for (const ExitCode code : kOrder) {
    if (codes.contains(code)) return code;
  }
  return ExitCode::done;
}

ExitCode exit_code(const Error& error) {
  const bool invalid =
      error.code == ErrorCode::invalid_manifest || error.code == ErrorCode::invalid_config;
  return invalid ? ExitCode::invalid : ExitCode::error;
}

std::set<ExitCode> exit_codes(const PlanCounts& counts) {
  std::set<ExitCode> codes{ExitCode::done};
  if (counts.held > 0) codes.insert(ExitCode::held);
  if (counts.conflicts > 0) codes.insert(ExitCode::conflicts);
  const std::size_t changes = counts.creates + counts.updates + counts.removes + counts.ends;
  if (changes > 0) codes.insert(ExitCode::changes);
  return codes;
}

}  // namespace authzd
