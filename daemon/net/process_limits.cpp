// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/process_limits.hpp"

#include <cerrno>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace authzd {

namespace {

/// Before it was raised; RLIM_INFINITY: it was not.
rlim_t soft_limit_before = RLIM_INFINITY;

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) soft_limit_before = before;
}

bool restore_descriptor_limit() {
  if (soft_limit_before == RLIM_INFINITY) return true;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  limit.rlim_cur = soft_limit_before < limit.rlim_max ? soft_limit_before : limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

ErrorCode code_of(int error, ErrorCode otherwise) {
  return error == EMFILE || error == ENFILE ? ErrorCode::exhausted : otherwise;
}

bool tells_of_no_descriptors(std::string_view said) {
  return said.find("oo many open files") != std::string_view::npos;  // glibc's text for both
}

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
