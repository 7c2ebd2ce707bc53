// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/child.hpp"

#include "daemon/net/process_limits.hpp"
#include "daemon/source/confinement.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 3> kFolders{"/usr/bin/", "/usr/local/bin/", "/bin/"};
constexpr int kCannotRun = 127;

Error cannot(std::string_view doing) {
  return {code_of(errno, ErrorCode::unavailable),
          "cannot " + std::string(doing) + ": " + ::strerror(errno)};
}

std::string path_of(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  for (const std::string_view folder : kFolders) {
    std::string path = std::string(folder) + program;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

/// Everything that the child needs, made before the fork: afterwards nothing may allocate.
struct Launch {
  std::string path;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* directory = "/";
  std::uint64_t most_file_bytes = 0;
  std::array<int, 3> streams{};
  int failure = -1;  // where to report why it cannot run
  int rules = -1;    // of its confinement
};

char* c_text(const char* text) {
  return const_cast<char*>(text);  // NOLINT(*-const-cast): execve takes but does not change it
}

Launch launch_of(const ProcessSpec& spec, std::string path) {
  Launch launch;
  launch.path = std::move(path);
  launch.arguments.push_back(c_text(spec.program.c_str()));
  for (const std::string& argument : spec.arguments) {
    launch.arguments.push_back(c_text(argument.c_str()));
  }
  launch.arguments.push_back(nullptr);
  for (const Secret& variable : spec.environment) {
    launch.environment.push_back(c_text(variable.reveal().data()));
  }
  launch.environment.push_back(nullptr);
  launch.directory = spec.directory.c_str();
  launch.most_file_bytes = spec.most_file_bytes;
  return launch;
}

/// The child's report if it cannot run the program.
struct Failure {
  enum class Step { streams, mark, confinement, descriptors, limits, directory, program };
  Step step = Step::program;
  int error = 0;
};

std::string_view what_failed(Failure::Step step) {
  switch (step) {
    case Failure::Step::streams: return "setting up its input and output";
    case Failure::Step::mark: return "marking it as a child of the daemon";
    case Failure::Step::confinement: return "confining it";
    case Failure::Step::descriptors: return "closing what the daemon has open";
    case Failure::Step::limits: return "limiting it";
    case Failure::Step::directory: return "entering its directory";
    case Failure::Step::program: break;
  }
  return "executing it";
}

bool limit(__rlimit_resource_t what, rlim_t most) {
  const rlimit limits{most, most};
  return ::setrlimit(what, &limits) == 0;
}

[[noreturn]] void give_up(int failure, Failure::Step step) {
  const Failure why{step, errno};
  [[maybe_unused]] const auto said = ::write(failure, &why, sizeof why);
  ::_exit(kCannotRun);
}

/// In the child, between fork and exec: async-signal-safe calls only. It runs as configured, or not
/// at all.
[[noreturn]] void become(const Launch& launch) {
  using Step = Failure::Step;
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  ::signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error that it can report
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);

  // Moves it away from 0, 1 and 2.
  const int failure = ::fcntl(launch.failure, F_DUPFD_CLOEXEC, 3);
  if (failure < 0) give_up(launch.failure, Step::streams);
  std::array<int, 3> high{};
  for (std::size_t i = 0; i < high.size(); ++i) {
    high[i] = ::fcntl(launch.streams[i], F_DUPFD_CLOEXEC, 3);
    if (high[i] < 0) give_up(failure, Step::streams);
  }
  for (std::size_t i = 0; i < high.size(); ++i) {
    if (::dup2(high[i], static_cast<int>(i)) < 0) give_up(failure, Step::streams);
  }
  if (!mark_child()) give_up(failure, Step::mark);
  if (launch.rules >= 0 && !enter_confinement(launch.rules)) give_up(failure, Step::confinement);
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) give_up(failure, Step::descriptors);

  if (!limit(RLIMIT_CORE, 0)) give_up(failure, Step::limits);
  if (!restore_descriptor_limit()) give_up(failure, Step::limits);
  if (launch.most_file_bytes > 0 && !limit(RLIMIT_FSIZE, launch.most_file_bytes)) {
    give_up(failure, Step::limits);
  }
  ::umask(S_IRWXG | S_IRWXO);
  if (::chdir(launch.directory) != 0) give_up(failure, Step::directory);
  ::execve(launch.path.c_str(), launch.arguments.data(), launch.environment.data());
  give_up(failure, Step::program);
}

/// Puts the input into a file without a name, so that no pipe has to be written.
Result<Descriptor> input_file(std::string_view text) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  if (file.get() < 0) return cannot("make a file in memory");
  while (!text.empty()) {
    const auto written = ::write(file.get(), text.data(), text.size());
    if (written < 0) return cannot("write a file in memory");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("make a pipe");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int Descriptor::release() {
  return std::exchange(fd_, -1);
}

// By number: the header of glibc 2.36 declares pidfd_open as C++. Drop when Debian 12 support ends.
Descriptor open_process(pid_t pid) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

Result<Child> Child::start(const ProcessSpec& spec) {
  std::string path = path_of(spec.program);
  if (path.empty()) {
    return Error{ErrorCode::unavailable,
                 spec.program + " is not installed: apt-get install " + spec.package};
  }
  auto input = input_file(spec.input);
  if (!input) return std::move(input).error();
  auto output = make_pipe();
  if (!output) return std::move(output).error();
  auto errors = make_pipe();
  if (!errors) return std::move(errors).error();
  auto failure = make_pipe();
  if (!failure) return std::move(failure).error();

  Descriptor rules;
  if (spec.confinement) {
    auto made = make_rules(*spec.confinement);
    if (!made) return std::move(made).error();
    rules = std::move(*made);
  }

  Launch launch = launch_of(spec, std::move(path));
  launch.rules = rules.get();
  launch.streams = {input->get(), output->write.get(), errors->write.get()};
  launch.failure = failure->write.get();
  const pid_t pid = ::fork();
  if (pid == 0) become(launch);
  if (pid < 0) return cannot("start " + spec.program);

  Child child(pid);
  ::setpgid(pid, pid);  // the child does the same; either may be first
  child.output = std::move(output->read);
  child.errors = std::move(errors->read);
  child.failure_ = std::move(failure->read);
  child.ended = open_process(pid);
  if (child.ended.get() < 0) return cannot("watch " + spec.program);
  return child;
}

Child::Child(Child&& other) noexcept
    : output(std::move(other.output)),
      errors(std::move(other.errors)),
      ended(std::move(other.ended)),
      failure_(std::move(other.failure_)),
      pid_(std::exchange(other.pid_, -1)) {}

Child::~Child() {
  if (pid_ < 0) return;
  kill_group();
  reap();
}

void Child::kill_group() const {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

std::optional<std::string> Child::why_not_run() const {
  Failure why;
  // The child has ended, and no other process has the write end.
  if (::read(failure_.get(), &why, sizeof why) != sizeof why) return std::nullopt;
  return std::string(what_failed(why.step)) + ": " + ::strerror(why.error);
}

int Child::reap() {
  siginfo_t info{};
  int result = -1;
  do {
    result = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
  } while (result != 0 && errno == EINTR);
  pid_ = -1;
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

}  // namespace authzd
