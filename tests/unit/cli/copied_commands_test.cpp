// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Commands that are shown for copying are complete.

#include "daemon/cli/copied_commands.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(CopiedCommands, NameTheConfigurationThatWasNamed) {
  CommonOptions options;
  EXPECT_EQ(copied_commands(options, std::vector<std::string>{}).by_hash_options, "");
  options.config = "etc/authzd.yaml";
  options.accounts = {"prod", "a b"};
  options.local = true;
  const CopiedCommands commands = copied_commands(options, std::vector<std::string>{"keys"});

  EXPECT_EQ(commands.by_hash_options,
            " --config etc/authzd.yaml --account prod --account 'a b' --local --name keys");
  EXPECT_EQ(commands.approve_options, " --config etc/authzd.yaml --account prod --account 'a b'");
  EXPECT_FALSE(commands.can_approve) << "an approval is of the whole plan";
  EXPECT_TRUE(copied_commands(options, std::vector<std::string>{}).can_approve);
}

TEST(CopiedCommands, OfACallWithoutAConfigurationSayAllThatAnApplyNeeds) {
  CommonOptions options;
  options.manifests = "it's here";
  options.accounts = {"a1"};
  options.owner = "platform";
  options.adopt = Adopt::identical;
  CopiedCommands commands = copied_commands(options, std::vector<std::string>{});

  EXPECT_EQ(commands.by_hash_options,
            " --account a1 --manifests 'it'\\''s here' --owner platform --mode sync --adopt "
            "identical");
  EXPECT_FALSE(commands.can_approve) << "there is nothing to approve in";
  options.mode = Mode::upsert_only;
  commands = copied_commands(options, std::vector<std::string>{});
  EXPECT_NE(commands.by_hash_options.find("--mode upsert-only"), std::string::npos);
}

TEST(CopiedCommands, OfAPlanOfSeveralAccountsNameTheOneWhoseHashTheyTake) {
  CommonOptions options;
  options.config = "authzd.yaml";
  options.local = true;
  CopiedCommands commands = copied_commands(options, std::vector<std::string>{});
  EXPECT_EQ(by_hash_options_for(commands, "prod"), " --account prod --config authzd.yaml --local");

  options.accounts = {"prod", "test"};
  commands = copied_commands(options, std::vector<std::string>{});
  EXPECT_EQ(by_hash_options_for(commands, "test"), " --account test --config authzd.yaml --local");
  commands = copied_commands(options, std::string("authzd release --all"));
  EXPECT_EQ(by_hash_options_for(commands, "test"), " --account test --config authzd.yaml --local");
}

TEST(CopiedCommands, OfAnUndoAreItsOwn) {
  CommonOptions options;
  options.state = "s.db";
  const CopiedCommands commands = copied_commands(options, std::string("authzd undo 12ab"));

  EXPECT_EQ(commands.by_hash, "authzd undo 12ab");
  EXPECT_EQ(commands.by_hash_options, " --state s.db");
  options.implies_state = true;
  EXPECT_EQ(copied_commands(options, std::string("authzd undo 12ab")).by_hash_options, "");
}

}  // namespace
}  // namespace authzd
