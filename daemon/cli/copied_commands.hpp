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
  std::string approve_options = {};      // behind the hash of a hold
  std::string approved_with = {};        // what `authzd approve HASH` needs besides; may be empty
  bool can_approve = true;               // false: `authzd approve` cannot plan what this call plans
};

/// Of a call that plans a revision, and of these authorizations alone where `names` has any.
CopiedCommands copied_commands(const CommonOptions& options, const std::vector<std::string>& names);

/// Of one whose plan is of no revision: `command` takes its hash ("authzd undo RUN").
CopiedCommands copied_commands(const CommonOptions& options, std::string command);

}  // namespace authzd
