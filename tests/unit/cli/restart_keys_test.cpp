// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/restart_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Setup running() {
  Setup setup;
  setup.state_path = "/var/lib/authzd/state.db";
  setup.socket = "/run/authzd/admin.sock";
  setup.admin = {"/run/authzd/admin.sock", "127.0.0.1:9464", "/token", "/hook"};
  return setup;
}

TEST(RestartKeys, AreThoseThatAReloadLeavesAsTheyWere) {
  auto now = running();
  now.state_path = "/elsewhere/state.db";
  now.socket = "/elsewhere/admin.sock";
  now.admin = {"/elsewhere/admin.sock", "", "", "/another-hook"};

  EXPECT_THAT(
      keys_for_restart(running(), now),
      ElementsAre(
          "state", "admin.socket", "admin.listen", "admin.tokenFile", "admin.hookSecretFile"));
}

TEST(RestartKeys, AreNoneWhereAReloadTakesOverAll) {
  auto now = running();
  now.fingerprint = "another";
  now.accounts.resize(2);

  EXPECT_THAT(keys_for_restart(running(), now), IsEmpty());
}

}  // namespace
}  // namespace authzd
