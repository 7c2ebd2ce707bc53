// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A process that has used all of its descriptors, or all but a few.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace authzd::test {

/// At most `left` new descriptors are available while one of these exists.
class NoDescriptors {
 public:
  explicit NoDescriptors(unsigned left = 0) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(next);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(next) + left;
    setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace authzd::test
