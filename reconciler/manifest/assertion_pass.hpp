// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Checks the assertions of a revision against its own grants, offline. A violation is an error at
// the grant, like any other problem of a manifest.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/pattern/assertion_check.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace authzd {

struct AssertionPassOptions {
  Timestamp now = {};            // a grant whose end is past does not count
  bool tells_undecided = false;  // as warnings; for callers that do not check IAM's policies
                                 // afterwards
};

class AssertionPass {
 public:
  /// `desired` and `files` must outlive it.
  AssertionPass(const Desired& desired,
                std::span<const SourceFile* const> files,
                AssertionPassOptions options);

  /// Checks one assertion against some grants. False: nothing is left to do.
  bool step();

  [[nodiscard]] std::vector<Diagnostic> take_diagnostics() { return std::move(diagnostics_); }
  [[nodiscard]] std::vector<AssertionResult> take_results() { return std::move(results_); }

 private:
  void see(const Grant& grant, GlobWork& work);
  void tell(const Assertion& assertion, const AssertionResult& result);
  void tell(const Assertion& assertion, const AssertionFinding& finding);
  void add(Diagnostic diagnostic);

  const Desired& desired_;
  std::span<const SourceFile* const> files_;
  AssertionPassOptions options_;
  std::size_t next_assertion_ = 0;
  std::size_t next_grant_ = 0;
  std::optional<AssertionCheck> check_;
  std::vector<AssertionResult> results_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace authzd
