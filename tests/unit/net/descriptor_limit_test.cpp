// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/process_limits.hpp"
#include "daemon/net/small_file.hpp"
#include "tests/support/no_descriptors.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace authzd {
namespace {

rlim_t soft_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

/// Runs `body` in a child with its own limits; returns whether it returned true.
template <class Body>
bool in_a_child(Body body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool lower_soft_limit(rlim_t most) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max <= most) return false;
  limit.rlim_cur = most;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

TEST(DescriptorLimit, IsRaisedToTheHardOneAndGivenBackToChildren) {
  EXPECT_TRUE(in_a_child([] {
    if (!lower_soft_limit(100)) return false;
    raise_descriptor_limit();
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const bool is_raised = limit.rlim_cur == limit.rlim_max && limit.rlim_cur > 100;
    return is_raised && restore_descriptor_limit() && soft_limit() == 100;
  }));
}

TEST(DescriptorLimit, StaysWhereNothingWasRaised) {
  EXPECT_TRUE(in_a_child([] {
    const rlim_t before = soft_limit();
    return restore_descriptor_limit() && soft_limit() == before;
  }));
}

TEST(DescriptorLimit, IsToldFromOtherReasons) {
  EXPECT_EQ(code_of(EMFILE, ErrorCode::unavailable), ErrorCode::exhausted);
  EXPECT_EQ(code_of(ENFILE, ErrorCode::unavailable), ErrorCode::exhausted);
  EXPECT_EQ(code_of(EACCES, ErrorCode::unavailable), ErrorCode::unavailable);
  EXPECT_TRUE(tells_of_no_descriptors("error: open(\".git/x\"): Too many open files"));
  EXPECT_TRUE(tells_of_no_descriptors("fatal: Too many open files in system"));
  EXPECT_FALSE(tells_of_no_descriptors("fatal: No such file or directory"));
}

TEST(SmallFile, IsNotBlamedWhereNoDescriptorIsLeft) {
  const test::NoDescriptors none;

  const auto text = read_small_file("/etc/hostname", "the key");

  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::exhausted);
}

}  // namespace
}  // namespace authzd
