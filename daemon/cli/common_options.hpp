// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What most commands take.
#pragma once

#include "daemon/log.hpp"
#include "reconciler/plan/planner.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// Options that most commands share. Where `config` is not given and the default file exists, it is
/// used unless `manifests` says that this call stands alone.
struct CommonOptions {
  std::optional<std::string> config;
  std::optional<std::string> manifests;  // one-shot: a directory or a file
  std::vector<std::string> accounts;  // names or ids from the configuration; one-shot: the one id
  std::vector<std::string> selectors = {};  // labels of accounts: "env=prod"; all must fit
  std::optional<std::string> owner;
  std::optional<Mode> mode;
  std::optional<Adopt> adopt;
  bool allow_empty_account = false;   // that it shows no authorization at all is believed
  std::optional<LogLevel> log_level;  // default: warning; run: info
  bool log_json = false;
  bool is_quiet = false;             // shows no progress
  bool local = false;                // stand alone, even where a daemon runs
  std::optional<std::string> state;  // stand alone, with this file to remember in
  bool implies_state = false;        // the state is the configuration's, and nobody named it
  std::optional<std::string> trace;  // `record`: the file that keeps the exchanges; "": a new one

  /// The call means some accounts, and not all that there are.
  [[nodiscard]] bool chooses_accounts() const { return !accounts.empty() || !selectors.empty(); }
};

}  // namespace authzd
