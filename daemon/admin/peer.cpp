// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/peer.hpp"

#include "reconciler/base/text.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace authzd {
namespace {

std::string user_name(uid_t uid) {
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return {};
  }
  return found->pw_name;
}

}  // namespace

Result<Peer> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return Error{ErrorCode::internal,
                 std::string("reading who is at the socket: ") + std::strerror(errno)};
  }
  return Peer{credentials.uid, credentials.gid, credentials.pid, user_name(credentials.uid)};
}

Peer this_process() {
  return {geteuid(), getegid(), getpid(), user_name(geteuid())};
}

std::string to_string(const Peer& peer) {
  const std::string uid = "uid " + std::to_string(peer.uid);
  return peer.name.empty() ? uid : printable(peer.name) + " (" + uid + ")";
}

}  // namespace authzd
