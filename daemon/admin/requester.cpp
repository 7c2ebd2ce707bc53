// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/requester.hpp"

#include <utility>

namespace authzd {

Requester requester_of(Peer peer, std::string_view sudo_uid) {
  return {std::move(peer), parse_uid(sudo_uid)};
}

std::string to_string(const Requester& requester) {
  std::string text = to_string(requester.peer);
  const auto& login = requester.peer.login_uid;
  if (login) text += ", login uid " + std::to_string(*login);
  if (requester.sudo_uid) {
    text += ", SUDO_UID " + std::to_string(*requester.sudo_uid) + " as the client says";
  }
  return text;
}

}  // namespace authzd
