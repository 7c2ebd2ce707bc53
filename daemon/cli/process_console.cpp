// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/process_console.hpp"

#include "daemon/cli/files.hpp"
#include "daemon/cli/new_files.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/layout.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <streambuf>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kLeastWidth = 20;  // of a line of progress

std::size_t terminal_width(int terminal) {
  constexpr std::size_t kUnknown = 80;  // a serial line does not tell
  winsize size{};
  const bool is_known = ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : kUnknown;
}

/// The line of progress on standard error, which any other text removes first.
class ProgressLine {
 public:
  void show(const std::string& line, std::size_t width) {
    clear();
    if (line.empty()) return;
    // A line that the terminal folds could not be removed.
    std::string text = line;
    if (columns_of(text) >= width) text = first_columns(text, width - 2) + "…";
    std::cerr << text << std::flush;
    is_shown_ = true;
  }

  void clear() {
    if (std::exchange(is_shown_, false)) std::cerr << "\r\x1b[K" << std::flush;
  }

 private:
  bool is_shown_ = false;
};

/// Folds lines at words, as a terminal would fold them within one. Lines that begin with a space
/// are for copying, or drawn: they stay as they are. What follows a fold is indented, so that no
/// text from outside begins a line.
class FoldingBuffer final : public std::streambuf {
 public:
  FoldingBuffer(std::streambuf& target, std::size_t width) : target_(target), width_(width) {}

  /// A person has typed, and ended the line by that.
  void begin_line() { column_ = 0; }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    for (const char c : std::string_view(bytes, static_cast<std::size_t>(size))) put(c);
    return size;
  }
  int_type overflow(int_type one) override {
    if (!traits_type::eq_int_type(one, traits_type::eof())) put(traits_type::to_char_type(one));
    return traits_type::not_eof(one);
  }
  int sync() override {
    end_word();
    return target_.pubsync();
  }

 private:
  static constexpr std::string_view kIndent = "  ";

  void put(char c) {
    if (c == '\n') {
      end_word();
      target_.sputc(c);
      target_.pubsync();
      column_ = 0;
      is_exact_ = false;
    } else if (is_exact_ || (c == ' ' && column_ == 0 && word_.empty())) {
      is_exact_ = true;
      target_.sputc(c);
    } else if (c == ' ') {
      end_word();
      ++spaces_;
    } else {
      word_ += c;
    }
  }

  void end_word() {
    if (word_.empty() && spaces_ == 0) return;
    const std::size_t wide = columns_of(word_);
    if (column_ > 0 && !word_.empty() && column_ + spaces_ + wide > width_) {
      target_.sputc('\n');
      write(kIndent);
      column_ = kIndent.size();
    } else {
      write(std::string(spaces_, ' '));
      column_ += spaces_;
    }
    write(word_);
    column_ += wide;
    spaces_ = 0;
    word_.clear();
  }

  void write(std::string_view text) {
    target_.sputn(text.data(), static_cast<std::streamsize>(text.size()));
  }

  std::streambuf& target_;
  std::size_t width_;
  std::string word_;
  std::size_t spaces_ = 0;  // before it
  std::size_t column_ = 0;
  bool is_exact_ = false;
};

/// Writes through to another buffer, once the line of progress is away.
class ClearingBuffer final : public std::streambuf {
 public:
  ClearingBuffer(ProgressLine& line, std::streambuf& target) : line_(line), target_(target) {}

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    line_.clear();
    return target_.sputn(bytes, size);
  }
  int_type overflow(int_type one) override {
    if (traits_type::eq_int_type(one, traits_type::eof())) return traits_type::not_eof(one);
    line_.clear();
    return target_.sputc(traits_type::to_char_type(one));
  }
  int sync() override { return target_.pubsync(); }

 private:
  ProgressLine& line_;
  std::streambuf& target_;
};

struct ProcessStreams {
  ProcessStreams() {
    err.tie(&out);
    // A folded line ends its words by itself; a flush within one would end a word too soon.
    if (isatty(STDERR_FILENO) == 1) {
      err.rdbuf(&folding_buffer);
    } else {
      err << std::unitbuf;
    }
  }

  ProgressLine line;
  ClearingBuffer out_buffer{line, *std::cout.rdbuf()};
  ClearingBuffer err_buffer{line, *std::cerr.rdbuf()};
  FoldingBuffer folding_buffer{err_buffer, terminal_width(STDERR_FILENO)};
  std::ostream out{&out_buffer};
  std::ostream err{&err_buffer};
};

class ProcessConsole final : public Console {
 public:
  ProcessConsole() : ProcessConsole(std::make_unique<ProcessStreams>()) {}

  void show_progress(const std::string& line) override {
    streams_->line.show(line, progress_width_);
  }

 private:
  explicit ProcessConsole(std::unique_ptr<ProcessStreams> streams)
      : Console(streams->out, streams->err), streams_(std::move(streams)) {
    const char* no_colour = std::getenv("NO_COLOR");
    is_log_for_people = isatty(STDERR_FILENO) == 1;
    shows_progress = is_log_for_people;
    progress_width_ = std::max(terminal_width(STDERR_FILENO), kLeastWidth);
    if (isatty(STDOUT_FILENO) == 1) {
      style.colour = no_colour == nullptr || *no_colour == '\0';
      style.width = terminal_width(STDOUT_FILENO);
    }
    can_ask = is_log_for_people && isatty(STDIN_FILENO) == 1;
  }

 public:
  Async<bool> ask(Question question) override {
    err << question.text << " [yes/no] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    streams_->folding_buffer.begin_line();
    co_return is_yes(answer);
  }

  Async<std::string> ask_text(std::string question, std::string otherwise) override {
    if (!can_ask) co_return Error{ErrorCode::cancelled, "there is no person to ask"};
    err << question << (otherwise.empty() ? "" : " [" + otherwise + "]") << ": " << std::flush;
    std::string line;
    streams_->folding_buffer.begin_line();
    if (!std::getline(std::cin, line)) co_return Error{ErrorCode::cancelled, "no line came"};
    std::string answer(trim(line));
    co_return answer.empty() ? std::move(otherwise) : std::move(answer);
  }

  Async<void> write_file(std::string path, std::string text) override {
    co_return write_whole_file(path, text);
  }

  Async<void> write_new_file(std::string path, std::string text) override {
    const std::filesystem::path file(path);
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    co_return write_new_files(folder, {{file.filename().string(), std::move(text)}});
  }

 private:
  std::unique_ptr<ProcessStreams> streams_;
  std::size_t progress_width_ = kLeastWidth;
};

}  // namespace

std::unique_ptr<Console> process_console() {
  return std::make_unique<ProcessConsole>();
}

Environment take_environment() {
  constexpr std::array kNames{"IBMCLOUD_API_KEY",
                              "IC_API_KEY",
                              "IBMCLOUD_IAM_API_ENDPOINT",
                              "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT",
                              "CREDENTIALS_DIRECTORY",
                              "JOURNAL_STREAM",
                              kSudoUid.data(),
                              "HTTPS_PROXY",
                              "https_proxy",
                              "NO_PROXY",
                              "no_proxy"};
  Environment environment;
  for (const char* name : kNames) {
    if (const char* value = std::getenv(name); value != nullptr) environment.emplace(name, value);
  }
  for (const char* name : {"IBMCLOUD_API_KEY", "IC_API_KEY"}) {
    // The kernel shows the memory that the environment began in, whatever unsetenv forgets.
    if (char* value = std::getenv(name); value != nullptr) explicit_bzero(value, strlen(value));
    unsetenv(name);
  }
  return environment;
}

}  // namespace authzd
