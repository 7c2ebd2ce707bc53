// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Commands that are shown to be copied, with all the options that they need to work on what this
// call works on.
#pragma once

#include "daemon/cli/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct CopiedCommands {
  std::string by_hash = "authzd apply";  // what takes the plan's hash
  std::string by_hash_options = {};      // " --config authzd.yaml", behind the hash
  std::string one_account_options =
      {};                            // the same without --account, for a plan of several accounts
  std::string approve_options = {};  // behind the hash of a hold
  std::string approved_with = {};    // what `authzd approve HASH` needs besides; may be empty
  bool can_approve = true;           // false: `authzd approve` cannot plan what this call plans
  bool is_in_force = true;           // false: the plan of another revision, which nothing releases
};

/// Of a call that plans a revision, and of these authorizations alone where `names` has any.
CopiedCommands copied_commands(const CommonOptions& options, const std::vector<std::string>& names);

/// As by_hash_options, where the plans of several accounts are shown: the hash of one is enough to
/// apply to that one alone.
std::string by_hash_options_for(const CopiedCommands& commands, std::string_view account);

/// Of one whose plan is of no revision: `command` takes its hash ("authzd undo RUN").
CopiedCommands copied_commands(const CommonOptions& options, std::string command);

}  // namespace authzd
