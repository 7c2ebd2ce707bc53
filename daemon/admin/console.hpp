// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a command shows and asks: a person's terminal or a script's pipes, of this process or of a
// client of the admin socket. Tests pass their own.
#pragma once

#include "daemon/net/async.hpp"
#include "reconciler/report/text_style.hpp"

#include <iosfwd>
#include <string>

namespace authzd {

/// What a person has to say yes or no to.
struct Question {
  std::string text;
  std::string about;  // hash of what was shown: a yes to it is a yes to nothing else
};

struct Console {
  Console(std::ostream& the_out, std::ostream& the_err) : out(the_out), err(the_err) {}
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;
  virtual ~Console() = default;

  /// True for "yes" (or "y") and nothing else. Errors: cancelled, where there is no answer.
  virtual Async<bool> ask(Question question) = 0;

  /// A line of text, or `otherwise` where the line is empty. Errors: cancelled, where there is no
  /// person, or no line comes.
  virtual Async<std::string> ask_text(std::string /*question*/, std::string /*otherwise*/) {
    co_return Error{ErrorCode::cancelled, "there is no person to ask"};
  }

  /// Writes a whole file where the person is, or nothing. The path is as the person gave it on the
  /// command line. Errors: unavailable, naming the file and why.
  virtual Async<void> write_file(std::string path, std::string text) = 0;

  /// The same for a file in a folder that the command line names: the folders are made, and a file
  /// with another content is not replaced. Errors: also invalid_config, where there is one.
  virtual Async<void> write_new_file(std::string path, std::string text) = 0;

  /// What a person at a terminal sees while a command works: a line that the next one replaces;
  /// empty removes it. Elsewhere it is dropped.
  virtual void show_progress(const std::string& /*line*/) {}

  std::ostream& out;
  std::ostream& err;
  bool can_ask = false;            // there is a person to answer
  TextStyle style = {};            // of `out`: plain unless it is a terminal
  bool is_log_for_people = false;  // `err` is a terminal
  bool shows_progress = false;
};

/// What is said to a person who did not say yes.
inline constexpr const char* kNothingDone = "Nothing was done.\n";

/// Whether what was typed means yes.
bool is_yes(const std::string& answer);

}  // namespace authzd
