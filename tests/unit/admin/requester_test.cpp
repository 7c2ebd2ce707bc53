// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is recorded about the person behind a command.

#include "daemon/admin/requester.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <unistd.h>

namespace authzd {
namespace {

const Peer kRoot{0, 0, 1, "root"};
const Peer kAda{0, 0, 1, "root", PeerKind::client, 1000};

TEST(Requester, IsWhoLoggedInBesideTheUserThatTheProcessHasBecome) {
  EXPECT_EQ(to_string(Requester{kAda, std::nullopt}), "root (uid 0), login uid 1000");
  EXPECT_EQ(to_string(Requester{kAda, 1001}),
            "root (uid 0), login uid 1000, SUDO_UID 1001 as the client says");
  EXPECT_EQ(to_string(Requester{kRoot, std::nullopt}), "root (uid 0)");
}

TEST(Requester, HasTheLoginThatTheKernelShows) {
  unsigned shown = 0;
  std::ifstream file("/proc/self/loginuid");
  const bool is_known = static_cast<bool>(file >> shown) && shown + 1 != 0;

  const auto login = login_uid_of(getpid());

  EXPECT_EQ(login, is_known ? std::optional(shown) : std::nullopt);
}

TEST(Requester, IsNobodyKnownWhereTheProcessIsGoneOrTheTextIsNoNumber) {
  EXPECT_FALSE(login_uid_of(-1));
  const Peer gone{1000, 1000, -1, "ana"};
  for (const char* text : {"", "root", "-1", "4294967295", "99999999999", "10 00", "1000x"}) {
    EXPECT_FALSE(requester_of(gone, text).sudo_uid) << text;
  }
  EXPECT_EQ(requester_of(gone, "1000").sudo_uid, 1000U);
}

}  // namespace
}  // namespace authzd
