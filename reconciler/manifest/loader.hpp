// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The loader: text in, the desired state and every problem with it out. It is total: any bytes give
// diagnostics, never a throw and never a crash.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/model/desired.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace authzd {

struct LoadOptions {
  AccountId account;   // the default of source.account; the account of every target
  Timestamp now = {};  // a past expiresAt is a warning
  LoadLimits limits = {};
};

struct LoadOutcome {
  Desired desired;  // of the documents without errors; use it only if !has_errors(diagnostics)
  std::vector<Diagnostic> diagnostics;  // sorted
  std::size_t documents = 0;
};

LoadOutcome load_manifests(std::span<const SourceFile> files, const LoadOptions& options);

}  // namespace authzd
