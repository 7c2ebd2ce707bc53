// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/peer.hpp"

#include "daemon/admin/user_names.hpp"
#include "daemon/net/process_limits.hpp"
#include "reconciler/base/text.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace authzd {
namespace {

constexpr int kPeerPidfd = 77;  // SO_PEERPIDFD, of Linux 6.5: the headers of Debian 12 lack it

/// What the kernel shows of a process that no login began.
constexpr unsigned kUnset = std::numeric_limits<unsigned>::max();

/// Holds the process at the other end, so that its number cannot become another's unnoticed.
class Hold {
 public:
  Hold(int socket, pid_t pid) {
    socklen_t size = sizeof process_;
    if (::getsockopt(socket, SOL_SOCKET, kPeerPidfd, &process_, &size) == 0) return;
    // An older kernel: by its number, which is that of the process unless it ended just now.
    const bool is_unknown = errno == ENOPROTOOPT;
    process_ = is_unknown ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1;
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() {
    if (process_ >= 0) ::close(process_);
  }

  [[nodiscard]] bool is_alive() const {
    pollfd ended{process_, POLLIN, 0};
    return process_ >= 0 && ::poll(&ended, 1, 0) == 0;
  }

 private:
  int process_ = -1;
};

}  // namespace

std::optional<unsigned> parse_uid(std::string_view text) {
  unsigned uid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole && uid != kUnset ? std::optional(uid) : std::nullopt;
}

std::optional<unsigned> login_uid_of(int pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/loginuid";
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::array<char, 16> buffer{};
  const ssize_t size = ::read(file, buffer.data(), buffer.size());
  ::close(file);
  if (size <= 0) return std::nullopt;
  return parse_uid(trim(std::string_view(buffer.data(), static_cast<std::size_t>(size))));
}

Result<Peer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return Error{ErrorCode::internal,
                 std::string("reading who is at the socket: ") + std::strerror(errno)};
  }
  Peer peer{credentials.uid, credentials.gid, credentials.pid, {}};
  if (peer.pid == 0) return peer;  // of another namespace of processes: no child of ours
  const Hold process(socket, peer.pid);
  const auto is_child = is_marked_child(peer.pid);
  const auto login = login_uid_of(peer.pid);
  if (!process.is_alive() || !is_child) {
    peer.kind = PeerKind::unknown;
    return peer;
  }
  peer.kind = *is_child ? PeerKind::child : PeerKind::client;
  peer.login_uid = login;
  return peer;
}

Peer this_process() {
  Peer peer{geteuid(), getegid(), getpid(), look_up_user_name(geteuid())};
  peer.login_uid = login_uid_of(peer.pid);
  return peer;
}

std::string to_string(const Peer& peer) {
  const std::string uid = "uid " + std::to_string(peer.uid);
  return peer.name.empty() ? uid : printable(peer.name) + " (" + uid + ")";
}

}  // namespace authzd
