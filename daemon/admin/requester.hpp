// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The person behind a command: not the user that the process has become, but who logged in.
#pragma once

#include "daemon/admin/peer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace authzd {

struct Requester {
  Peer peer;
  /// Who called sudo, as the process itself reports: recorded, and never relied on.
  std::optional<unsigned> sudo_uid = {};

  bool operator==(const Requester&) const = default;
};

/// `sudo_uid`: the text of SUDO_UID in the process's environment; empty: it has none.
Requester requester_of(Peer peer, std::string_view sudo_uid);

/// "root (uid 0), login uid 1000, SUDO_UID 1000 as the client says": what is recorded.
std::string to_string(const Requester& requester);

}  // namespace authzd
