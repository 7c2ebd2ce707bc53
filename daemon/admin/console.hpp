// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a command shows and asks: a person's terminal or a script's pipes, in this process or at the
// other end of the admin socket. Handed in, so that tests hand in their own.
#pragma once

#include "daemon/net/async.hpp"

#include <iosfwd>
#include <string>

namespace authzd {

struct Console {
  Console(std::ostream& the_out, std::ostream& the_err) : out(the_out), err(the_err) {}
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;
  virtual ~Console() = default;

  /// Asks, and waits for the answer; true for "yes" (or "y") and nothing else.
  /// Errors: cancelled, timeout. Cancellation: the question is withdrawn.
  virtual Async<bool> ask(std::string question) = 0;

  /// Writes a whole file where the person is, never the half of one. A path is taken as the person
  /// gave it on the command line. Errors: unavailable, naming the file and why.
  virtual Async<void> write_file(std::string path, std::string text) = 0;

  std::ostream& out;
  std::ostream& err;
  bool can_ask = false;            // there is a person to answer
  bool colour = false;             // `out` is a terminal, and NO_COLOR is not set
  bool is_log_for_people = false;  // `err` is a terminal
};

/// Whether what was typed means yes.
bool is_yes(const std::string& answer);

}  // namespace authzd
