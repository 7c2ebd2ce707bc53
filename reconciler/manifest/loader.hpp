// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The loader: text in, the desired state and every problem with it out. It accepts any bytes: they
// give diagnostics, never an exception and never a crash.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/manifest/account_selector.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/requirements.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/model/desired.hpp"

#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

class ParsedFiles;

struct LoadOptions {
  AccountId account;   // the default of source.account; the account of every target
  Timestamp now = {};  // a past expiresAt is a warning
  LoadLimits limits = {};
  ServiceCheck services = {};
  RequirementCheck requirements = {};
  /// What selectors and parameters mean. Null: the account is not known, as in a check of files
  /// alone: then every document counts, and parameters stay as they are written.
  const AccountTraits* traits = nullptr;
  ParsedFiles* parsed = nullptr;  // of other accounts, and for them; null: none
};

struct LoadOutcome {
  Desired desired;  // of the documents without errors; use it only if !has_errors(diagnostics)
  std::vector<Diagnostic> diagnostics;           // sorted
  std::size_t documents = 0;                     // of kind Authorization, for this account
  std::size_t elsewhere = 0;                     // of that kind, for other accounts
  std::set<std::string> files_elsewhere = {};    // with documents for other accounts
  bool depends_on_traits = false;                // for other ones it may be another desired state
  std::vector<SelectorUse> selectors = {};       // in the order of the files
  std::vector<AssertionResult> assertions = {};  // from these manifests alone
};

LoadOutcome load_manifests(std::span<const SourceFile> files, const LoadOptions& options);

/// The same in steps of one document, for a caller with other work to do. Its arguments must
/// outlive it.
class ManifestLoading {
 public:
  ManifestLoading(std::span<const SourceFile> files, const LoadOptions& options);
  ManifestLoading(const ManifestLoading&) = delete;
  ManifestLoading& operator=(const ManifestLoading&) = delete;
  ~ManifestLoading();

  /// False: nothing is left to do.
  bool step();

  /// After the last step.
  LoadOutcome finish() &&;

 private:
  class Loader;
  std::unique_ptr<Loader> loader_;
};

}  // namespace authzd
