// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/descriptor_limit.hpp"

#include <cerrno>
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

}  // namespace authzd
