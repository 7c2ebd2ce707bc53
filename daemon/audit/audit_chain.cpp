// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/audit/audit_chain.hpp"

#include "reconciler/base/text.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace authzd {
namespace {

constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kMostBytes = 128;  // a number, a space, a hash, a newline

// Another process holds the lock for the time of one line.
constexpr int kTries = 100;
constexpr useconds_t kPause = 10'000;

Error problem(const std::filesystem::path& path, const std::string& what) {
  return {ErrorCode::unavailable,
          "the end of the audit log, kept in " + printable(path.string()) + ": " + what};
}

std::string last_error() {
  return std::generic_category().message(errno);
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Root may write first, for a daemon that runs as another user.
void give_to_owner_of_directory(int file, const std::filesystem::path& path) {
  struct stat status {};
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0) return;
  [[maybe_unused]] const int given = ::fchown(file, status.st_uid, status.st_gid);
}

std::optional<ChainHead> parse(std::string_view text) {
  ChainHead head;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.number);
  const auto at = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || text.size() != at + 1 + kHashDigits + 1) return std::nullopt;
  head.hash = text.substr(at + 1, kHashDigits);
  constexpr std::string_view kDigits = "0123456789abcdef";
  const bool is_hash = head.hash.find_first_not_of(kDigits) == std::string::npos;
  return is_hash && text[at] == ' ' && text.back() == '\n' ? std::optional(head) : std::nullopt;
}

Result<ChainHead> read_head(int file, const std::filesystem::path& path) {
  std::array<char, kMostBytes> buffer{};
  const ssize_t size = ::pread(file, buffer.data(), buffer.size(), 0);
  if (size < 0) return problem(path, last_error());
  if (size == 0) return ChainHead{};
  const auto head = parse({buffer.data(), static_cast<std::size_t>(size)});
  if (head) return *head;
  return problem(path,
                 "it is damaged; move it away, and a new chain begins, which 'authzd audit verify' "
                 "tells");
}

Result<void> write_head(int file, const std::filesystem::path& path, const ChainHead& head) {
  const std::string text = std::to_string(head.number) + " " + head.hash + "\n";
  const ssize_t written = ::pwrite(file, text.data(), text.size(), 0);
  if (written != static_cast<ssize_t>(text.size()) || ::fdatasync(file) != 0) {
    return problem(path, "it cannot be written: " + last_error());
  }
  return {};
}

bool is_regular(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

void AuditChain::wait_a_moment() {
  ::usleep(kPause);
}

/// The loop waits as well: so it waits only once for a process that is stopped or malicious.
bool AuditChain::lock(int file) {
  const int tries = is_stuck_ ? 1 : kTries;
  for (int i = 0; i < tries; ++i) {
    if (i > 0) pause_();
    is_stuck_ = ::flock(file, LOCK_EX | LOCK_NB) != 0;
    if (!is_stuck_) return true;
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
  }
  return false;
}

Result<void> AuditChain::extend(const std::function<Written(const ChainHead&)>& write) {
  if (path_.empty()) {
    Written written = write(in_memory_);
    if (written.head) in_memory_ = std::move(*written.head);
    return std::move(written.outcome);
  }
  // Non-blocking: a FIFO in its place must not block the daemon.
  const Descriptor file(::open(
      path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600));
  if (file.get() < 0) return problem(path_, "it cannot be opened: " + last_error());
  if (!is_regular(file.get())) return problem(path_, "it is no regular file");
  if (!lock(file.get())) return problem(path_, "another process keeps it locked");
  const auto before = read_head(file.get(), path_);
  if (!before) return before.error();
  if (before->number == 0) give_to_owner_of_directory(file.get(), path_);
  Written written = write(*before);
  if (!written.head) return std::move(written.outcome);
  auto kept = write_head(file.get(), path_, *written.head);
  return written.outcome ? std::move(kept) : std::move(written.outcome);
}

Result<std::optional<ChainHead>> kept_head(const std::filesystem::path& path) {
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0 && errno == ENOENT) return std::optional<ChainHead>();
  if (file.get() < 0) return problem(path, "it cannot be opened: " + last_error());
  auto head = read_head(file.get(), path);
  if (!head) return std::move(head).error();
  return std::optional<ChainHead>(std::move(*head));
}

std::filesystem::path chain_file(const std::string& state) {
  return state.empty() ? std::filesystem::path() : std::filesystem::path(state + ".audit");
}

}  // namespace authzd
