// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a person's terminal, or a script's pipes, can take; handed in, so that tests hand in their
// own.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

namespace authzd {

struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool can_ask = false;            // both `in` and `err` are a terminal
  bool colour = false;             // `out` is a terminal, and NO_COLOR is not set
  bool is_log_for_people = false;  // `err` is a terminal
};

/// Standard input, output and error of this process.
Console process_console();

/// Asks on `err`; true for the answer "yes" (or "y") and nothing else.
bool confirm(const Console& console, std::string_view question);

using Environment = std::map<std::string, std::string, std::less<>>;

/// The few variables that authzd reads, as they are now. The API key is taken out of the process's
/// environment, so that no child inherits it.
Environment take_environment();

}  // namespace authzd
