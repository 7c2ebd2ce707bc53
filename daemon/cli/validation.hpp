// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What `authzd validate` finds while it goes through manifests and configurations, and how it says
// it: as text on the way, or in the end in a form for programs.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/source/source.hpp"
#include "reconciler/manifest/account_selector.hpp"
#include "reconciler/manifest/parsed_files.hpp"
#include "reconciler/manifest/requirements.hpp"
#include "reconciler/report/findings.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// One set of manifests to be judged.
struct ManifestCheck {
  std::string name = {};  // of its account in the configuration; empty: it has none
  AccountId account;
  LoadLimits limits = {};
  bool may_be_empty = false;
  Requirements require = {};
  std::optional<AccountTraits> traits = {};  // none: the account is not known
};

/// Whether the file is a configuration, and not manifests.
bool is_configuration(const std::string& path);

class Validation {
 public:
  /// `context` must outlive it.
  Validation(const CommandContext& context, FindingsForm form) : context_(context), form_(form) {}

  void check(const Snapshot& snapshot, const ManifestCheck& check);

  /// What could not be looked at. `name`: as above.
  void add(const Error& error, const std::string& name);

  void add_configuration(CheckedConfiguration checked, std::span<const Diagnostic> diagnostics);

  /// Of the configuration that names what is checked.
  void add_warnings(std::span<const Diagnostic> warnings) { add(warnings, ""); }

  /// Names the commit that is checked, once: a checkout may have other files.
  void say_where(const std::string& revision, const std::string& ref);

  /// `code`: of what has stopped it.
  void add_failure(std::string_view message, ExitCode code);

  /// Says what has not been said yet.
  ExitCode finish();

 private:
  /// What people read, in its order. A problem is said in the end: other accounts may have it too.
  struct Saying {
    std::optional<std::size_t> problem = {};  // its index
    std::string text = {};
    bool is_error = false;
  };

  void add(std::span<const Diagnostic> diagnostics, const std::string& name);
  void take(std::span<const SelectorUse> selectors);
  void warn_of_unmet_selectors();
  void say(std::string text, bool is_error);
  void say_all() const;
  void say_result(const CheckedManifests& checked, std::size_t errors);
  [[nodiscard]] bool is_text() const { return form_ == FindingsForm::text; }

  const CommandContext& context_;
  FindingsForm form_;
  CheckFindings findings_;
  ParsedFiles parsed_;
  std::set<ExitCode> codes_;
  std::vector<Saying> sayings_;
  std::map<SourcePos, SelectorUse> selectors_;  // of all accounts
};

}  // namespace authzd
