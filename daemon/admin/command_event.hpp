// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a command answers at the admin socket: events, one JSON object a line, as they come.
//
//   {"out": "text"}                       for standard output
//   {"err": "text"}                       for standard error
//   {"progress": "text"}                  for a terminal: what is going on; the next one replaces
//   it
//   {"file": "plan.json", "text": "…"}    a file that the call named, whole
//   {"confirm": "HASH", "question": "…"}  nothing was done: the call, repeated with
//                                         "confirmed": "HASH", does exactly what was shown
//   {"exit": 0}                           the end, and the exit code
//
// The last line is `exit` or `confirm`; without one the answer is cut short. A client ignores what
// it does not know. So client and daemon need not be of the same version.
#pragma once

#include "reconciler/base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

enum class EventKind { out, err, progress, file, confirm, exit };

struct CommandEvent {
  EventKind kind = EventKind::out;
  std::string text = {};  // of out, err, progress and file; the question
  std::string name = {};  // of the file; the hash
  int code = 0;           // of exit

  bool operator==(const CommandEvent&) const = default;
};

/// With its line break.
std::string encode_line(const CommandEvent& event);

/// Nothing: of a kind that is not known here. Errors: bad_response.
Result<std::optional<CommandEvent>> parse_line(std::string_view line);

}  // namespace authzd
