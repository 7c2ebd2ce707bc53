// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who is at the other end of a Unix socket, as the kernel says it.
#pragma once

#include "reconciler/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace authzd {

enum class PeerKind {
  client,   // somebody's
  child,    // started by this process, or by what it started
  unknown,  // has ended since it connected, or cannot be looked at
};

struct Peer {
  unsigned uid = 0;
  unsigned gid = 0;
  int pid = 0;       // when it connected; it may be another process by now. 0: not seen from here
  std::string name;  // of the user; empty: no such user here, or not looked up
  PeerKind kind = PeerKind::client;
  /// Set by the login (PAM's pam_loginuid), inherited by every process of the session, and not
  /// changed by su or sudo. None: not of a login session, or the kernel keeps none. Who is root may
  /// set it, unless the kernel is configured to keep it (auditctl --loginuid-immutable).
  std::optional<unsigned> login_uid = {};

  bool operator==(const Peer&) const = default;
};

/// Of a connected Unix socket (SO_PEERCRED). Call it as soon as the connection is accepted: what
/// the process is beyond its user is read now, and known only where it still runs. The name is not
/// looked up: that may ask the network, and is UserNames' business. Errors: internal.
Result<Peer> peer_of(int socket);

/// The login of the process with that id; nothing where it has none or is gone.
std::optional<unsigned> login_uid_of(int pid);

/// Nothing if it is no number, or the one that means none.
std::optional<unsigned> parse_uid(std::string_view text);

/// This process, as another one would see it, with its name: it may block.
Peer this_process();

/// "alice (uid 1000)": what is recorded as who asked.
std::string to_string(const Peer& peer);

}  // namespace authzd
