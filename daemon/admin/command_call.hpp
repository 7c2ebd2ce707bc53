// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A command as the admin socket takes it: POST /api/v1/COMMAND with a JSON object. Its members are
// the command's options by their long names, and its arguments by theirs:
//
//   {"account": ["prod"], "wait": true, "timeout": "10m"}
//
// Two members are none of the command's: `client` says how the answer is shown, and `confirmed`
// repeats the hash of what a person has read and agreed to (see command_event.hpp).
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/report/text_style.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// An option or argument that was given.
struct GivenOption {
  std::string name;  // the long name without dashes, or the argument's
  std::vector<std::string> values = {};
  bool is_flag = false;  // it takes no value

  bool operator==(const GivenOption&) const = default;
};

struct CommandCall {
  std::string command;
  std::vector<GivenOption> options = {};
  std::string confirmed = {};      // empty: nothing was confirmed
  std::string config = {};         // absolute path that the client means; empty: any
  std::string config_option = {};  // the same as it was typed, for commands to be copied
  bool can_ask = false;            // there is a person to confirm what is shown
  TextStyle style = {};
  bool wants_progress = false;
  std::string sudo_uid = {};  // SUDO_UID of the client's environment: only what it says

  bool operator==(const CommandCall&) const = default;
};

/// The body of the request; the command is part of its path.
std::string encode_body(const CommandCall& call);

/// An empty body is an empty object. Errors: rejected, naming the member that is wrong.
Result<CommandCall> parse_call(std::string command, std::string_view body);

}  // namespace authzd
