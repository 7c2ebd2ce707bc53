// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One child process: how it is started, killed as a group and reaped. No shell, no inherited
// descriptor, an environment of its own. Reading its output is run_process's part.
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

/// Readable once the process has ended; -1 inside where there is none.
Descriptor open_process(pid_t pid);

/// What a child may reach of the file system besides programs and their libraries: files, and
/// folders with all that lies below.
struct Confinement {
  std::vector<std::string> readable = {};
  std::vector<std::string> writable = {};
};

struct ProcessSpec {
  std::string program;          // a name such as "git", or a path
  std::string package = "git";  // of Debian, to name where the program is missing
  std::vector<std::string> arguments;
  std::vector<Secret> environment;      // all of it: "NAME=value"
  std::string directory = "/";          // where it runs
  std::string input = {};               // what it reads
  std::size_t most_output = 1U << 20U;  // bytes; more is an error
  std::uint64_t most_file_bytes = 0;    // size of any one file that it writes; 0: no limit
  /// None: it may do all that this process may. Where the kernel cannot confine, that is so always.
  std::optional<Confinement> confinement = {};
};

/// Destroying one that still runs kills it, its children too, and waits until it is gone.
class Child {
 public:
  /// Errors: unavailable (not installed, or no process can be made), exhausted. What fails in the
  /// new process is told by why_not_run().
  static Result<Child> start(const ProcessSpec& spec);

  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  /// Kills the whole group. The process stays until it is reaped.
  void kill_group() const;

  /// After `ended` has become readable, once: nothing where the program was run; else which step
  /// before it failed, as its confinement, and why.
  [[nodiscard]] std::optional<std::string> why_not_run() const;

  /// After `ended` has become readable: the exit code, or 128 and the signal.
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
