// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One child process: starts it, kills it as a group and reaps it. No shell, no inherited
// descriptor, its own environment. run_process reads its output.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace authzd {

/// A descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  [[nodiscard]] int get() const { return fd_; }
  int release();

 private:
  int fd_ = -1;
};

/// Readable once the process has ended; contains -1 if there is none.
Descriptor open_process(pid_t pid);

/// What a child may access in the file system besides programs and their libraries: files, and
/// folders with everything below.
struct Confinement {
  std::vector<std::string> readable = {};
  std::vector<std::string> writable = {};
};

struct ProcessSpec {
  std::string program;          // a name such as "git", or a path
  std::string package = "git";  // in Debian, to report if the program is missing
  std::vector<std::string> arguments;
  std::vector<Secret> environment;      // complete: "NAME=value"
  std::string directory = "/";          // its working directory
  std::string input = {};               // its standard input
  std::size_t most_output = 1U << 20U;  // bytes; more is an error
  std::uint64_t most_file_bytes = 0;    // of any one file that it writes; 0: no limit
  /// None: it may do everything that this process may. If the kernel cannot confine, this is always
  /// so.
  std::optional<Confinement> confinement = {};
};

/// The destructor kills a running child with its children, and waits until it has ended.
class Child {
 public:
  /// Errors: unavailable (not installed, or the process cannot be created), exhausted.
  /// why_not_run() reports failures in the new process.
  static Result<Child> start(const ProcessSpec& spec);

  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  /// Kills the whole group. The process stays until it is reaped.
  void kill_group() const;

  /// Call once, after `ended` has become readable: none if the program ran; else which earlier step
  /// failed, such as its confinement, and why.
  [[nodiscard]] std::optional<std::string> why_not_run() const;

  /// Call after `ended` has become readable: the exit code, or 128 and the signal.
  int reap();

  Descriptor output;
  Descriptor errors;
  Descriptor ended;  // readable once the process has ended

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  Descriptor failure_;
  pid_t pid_ = -1;
};

}  // namespace authzd
