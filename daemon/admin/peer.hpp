// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who is at the other end of a Unix socket, as the kernel says it.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>

namespace authzd {

struct Peer {
  unsigned uid = 0;
  unsigned gid = 0;
  int pid = 0;       // when it connected; it may be another process by now
  std::string name;  // of the user; empty: no such user here

  bool operator==(const Peer&) const = default;
};

/// Of a connected Unix socket (SO_PEERCRED). The name is looked up, which may ask the network.
/// Errors: internal.
Result<Peer> peer_of(int socket);

/// This process, as another one would see it.
Peer this_process();

/// "alice (uid 1000)": what is recorded as who asked.
std::string to_string(const Peer& peer);

}  // namespace authzd
