// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The findings of a check of manifests and configurations, for programs: authzd's own JSON, SARIF
// 2.1.0 for code scanning, and the lines that GitHub turns into annotations.
#pragma once

#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/model/assertion.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace authzd {

/// The manifests of one account.
struct CheckedManifests {
  std::string account;  // its name in the configuration; empty: none
  std::size_t files = 0;
  std::size_t ignored = 0;  // files
  std::size_t authorizations = 0;
  std::size_t policies = 0;
  bool is_valid = false;
  std::size_t instance_names = 0;                // looked up when a plan is made
  std::vector<AssertionResult> assertions = {};  // from the manifests alone
};

struct CheckedConfiguration {
  std::string file;
  std::vector<std::string> accounts;  // by name
  bool is_valid = false;
};

/// A diagnostic, or an error without a position.
struct Problem {
  Diagnostic diagnostic;
  std::vector<std::string> accounts = {};  // whose manifests have it, by name
  bool is_of_accounts = false;             // another account may not have it
};

/// Each problem once, in order of discovery: accounts may share a folder.
class Problems {
 public:
  /// False: it exists already, and `account` is added to it; empty: no account.
  bool add(const Diagnostic& diagnostic, const std::string& account);

  [[nodiscard]] const std::vector<Problem>& all() const { return all_; }
  [[nodiscard]] bool has_error() const { return has_error_; }

 private:
  std::vector<Problem> all_;
  std::unordered_map<std::string, std::size_t> places_;  // by its displayed form
  bool has_error_ = false;
};

struct CheckFindings {
  std::vector<CheckedManifests> manifests;
  std::vector<CheckedConfiguration> configurations;
  Problems problems;
};

/// The diagnostic as it is shown: with the accounts that have it, unless all of those that were
/// checked do, and any other would.
Diagnostic shown(const Problem& problem, std::size_t checked);

/// None of these contains a line of a file. The GitHub form is empty if there is no problem.
std::string findings_json(const CheckFindings& findings);
std::string findings_sarif(const CheckFindings& findings, std::string_view version);
std::string findings_github(const CheckFindings& findings);

}  // namespace authzd
