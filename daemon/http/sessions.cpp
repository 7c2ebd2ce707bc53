// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/sessions.hpp"

#include "reconciler/base/digest.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::size_t kIdDigits = 64;  // 256 random bits

}  // namespace

Sessions::Sessions(Randomness& randomness)
    : randomness_(randomness), key_(randomness.hex(kIdDigits)) {}

Secret Sessions::open(const Secret& token, Ticks now) {
  std::erase_if(sessions_, [now](const auto& each) { return is_over(each.second, now); });
  if (sessions_.size() >= kMostSessions) {
    sessions_.erase(
        std::ranges::min_element(sessions_, {}, [](const auto& each) { return each.second.used; }));
  }
  Secret id(randomness_.hex(kIdDigits));
  sessions_[sha256_hex(id.reveal())] = {now, now, print_of(token)};
  return id;
}

bool Sessions::admit(std::string_view id, const Secret& token, Ticks now) {
  // The time of a look-up tells something of a digest, and nothing of an id.
  const auto found = sessions_.find(sha256_hex(id));
  if (found == sessions_.end()) return false;
  Session& session = found->second;
  if (is_over(session, now) || session.token != print_of(token)) {
    sessions_.erase(found);
    return false;
  }
  session.used = now;
  return true;
}

void Sessions::close(std::string_view id) {
  sessions_.erase(sha256_hex(id));
}

bool Sessions::is_over(const Session& session, Ticks now) {
  return now - session.opened >= kSessionLife || now - session.used >= kSessionIdle;
}

std::string Sessions::print_of(const Secret& token) const {
  return hmac_sha256_hex(key_.reveal(), token.reveal());
}

}  // namespace authzd
