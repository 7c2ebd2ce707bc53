// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/child_mark.hpp"

#include <cerrno>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace authzd {

bool mark_child() {
  const rlimit none{0, 0};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::setrlimit(RLIMIT_MSGQUEUE, &none) == 0;
}

std::optional<bool> is_marked_child(int pid) {
  rlimit limit{};
  if (::prlimit(pid, RLIMIT_MSGQUEUE, nullptr, &limit) == 0) return limit.rlim_max == 0;
  // Another user's process, or another group's: a marked one can become neither.
  if (errno == EPERM) return false;
  return std::nullopt;
}

}  // namespace authzd
