// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/selector_book.hpp"

#include "reconciler/manifest/loader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

const AccountId kProd{std::string(32, 'a')};
const AccountId kTest{std::string(32, 'b')};

std::string keys_for(const std::string& env) {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata:\n  name: keys-" + env +
         "\n  accounts: {matchLabels: {env: " + env +
         "}}\nspec:\n  source: {service: is}\n  target: {service: kms}\n  roles: [Reader]\n";
}

struct SelectorBookTest : testing::Test {
  /// As an account with this label reads them.
  void read(const AccountId& account, const std::string& env, const std::string& text) {
    const std::vector<SourceFile> files{{"m.yaml", text}};
    const AccountTraits traits{env, {{"env", env}}, {}};
    LoadOptions options;
    options.account = account;
    options.traits = &traits;
    book.note(account, files, load_manifests(files, options).selectors);
  }
  [[nodiscard]] std::vector<Diagnostic> unmet() const {
    return book.unmet(std::vector{kProd, kTest});
  }

  SelectorBook book;
};

TEST_F(SelectorBookTest, KnowsWhatMeansNoAccountOnceAllHaveRead) {
  const std::string text = keys_for("prod") + "---\n" + keys_for("prd");
  read(kProd, "prod", text);
  EXPECT_TRUE(unmet().empty()) << "the other account may be meant";

  read(kTest, "test", text);
  ASSERT_EQ(unmet().size(), 1U);
  EXPECT_EQ(unmet().front().position.line, 15U);
  EXPECT_NE(unmet().front().message.find("no account has these labels"), std::string::npos);
}

TEST_F(SelectorBookTest, TakesNoFileForAnOlderVersionOfIt) {
  read(kProd, "prod", keys_for("prd"));
  read(kTest, "test", keys_for("prod"));
  EXPECT_TRUE(unmet().empty()) << "one account has not read the newer version yet";

  read(kProd, "prod", keys_for("prod"));
  EXPECT_TRUE(unmet().empty());
}

TEST_F(SelectorBookTest, AsksOnlyTheAccountsThatThereAre) {
  read(kProd, "prod", keys_for("prod"));
  read(kTest, "test", keys_for("prod"));
  EXPECT_TRUE(unmet().empty());
  EXPECT_EQ(book.unmet(std::vector{kTest}).size(), 1U);
}

}  // namespace
}  // namespace authzd
