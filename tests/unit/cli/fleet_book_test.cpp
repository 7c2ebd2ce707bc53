// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Accounts that a file or IAM shows, and that are later no longer shown.
#include "daemon/cli/fleet_book.hpp"

#include "tests/support/run_async.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace authzd::test {
namespace {

FleetEntry entry(const std::string& name, char id, Mode mode = Mode::sync) {
  return {{name}, AccountId(std::string(32, id)), mode};
}

class FleetBookTest : public testing::Test {
 protected:
  FleetBookTest() {
    FleetPart part{.profile = "authzd"};
    part.common.spec.mode = Mode::sync;
    part.common.bound = Mode::sync;
    part.common.spec.labels = {{"env", "prod"}};
    fleet_.push_back(part);
    open();
  }

  /// Another process on the same state.
  void open() {
    book_.reset();
    database_.reset();
    DatabaseOptions options;
    options.path = (directory_.path() / "state.db").string();
    auto opened = Database::open(std::move(options));
    ASSERT_TRUE(opened) << to_string(opened.error());
    database_ = *opened;
    book_.emplace(database_, [this](FleetPart) { return answer(shown_); });
  }

  static Async<std::vector<FleetEntry>> answer(Result<std::vector<FleetEntry>> shown) {
    co_return shown;
  }

  FleetBook::Look look(Result<std::vector<FleetEntry>> shown) {
    shown_ = std::move(shown);
    auto look = run(io_, book_->look(fleet_, nullptr, Timestamp()));
    EXPECT_TRUE(look);
    return look ? std::move(*look) : FleetBook::Look{};
  }

  std::vector<AccountSetup> accounts() {
    authzd::Setup setup;
    setup.fleet = fleet_;
    const auto renamed = book_->add_to(setup);
    EXPECT_TRUE(renamed.empty()) << renamed.front();
    return setup.accounts;
  }

  boost::asio::io_context io_{1};
  TempFolder directory_;
  std::shared_ptr<Database> database_;
  std::vector<FleetPart> fleet_;
  std::optional<FleetBook> book_;
  Result<std::vector<FleetEntry>> shown_;
};

const Error kDown{ErrorCode::unavailable, "IAM is down"};

TEST_F(FleetBookTest, AnAccountThatIsShownNoLongerStaysAsUnreachable) {
  EXPECT_TRUE(look({{entry("a", 'a'), entry("b", 'b')}}).has_changed);

  EXPECT_TRUE(look({{entry("a", 'a')}}).has_changed);

  ASSERT_EQ(accounts().size(), 2U);
  EXPECT_EQ(accounts()[0].spec.unreachable, "");
  EXPECT_EQ(accounts()[1].spec.name, "b");
  EXPECT_NE(accounts()[1].spec.unreachable, "");
  open();
  EXPECT_FALSE(look({{entry("a", 'a')}}).has_changed) << "the next process knows it, too";
  EXPECT_EQ(accounts().size(), 2U);
  look({{entry("a", 'a'), entry("b", 'b')}});
  EXPECT_EQ(accounts()[1].spec.unreachable, "") << "it is back";
}

TEST_F(FleetBookTest, AnEmptyAnswerRemovesNobody) {
  look({{entry("a", 'a')}});
  look({std::vector<FleetEntry>{}});
  ASSERT_EQ(accounts().size(), 1U);
  EXPECT_NE(accounts()[0].spec.unreachable, "");
}

TEST_F(FleetBookTest, AnAccountLeavesByAnEntryThatSaysSo) {
  look({{entry("a", 'a'), entry("b", 'b')}});
  FleetEntry leaving = entry("b", 'b');
  leaving.is_removed = true;

  look({{entry("a", 'a'), leaving}});

  ASSERT_EQ(accounts().size(), 2U);
  EXPECT_TRUE(accounts()[1].spec.is_removed);
  EXPECT_EQ(accounts()[1].spec.rails.limits.max_delete, 0U) << "each delete waits for an approval";
  look({{entry("a", 'a')}});
  EXPECT_EQ(accounts().size(), 1U) << "the entry is gone, and so is the account";
}

TEST_F(FleetBookTest, WhatCannotBeAskedStaysAsItIsKnown) {
  EXPECT_EQ(look(kDown).failures.size(), 1U) << "nothing is known";

  look({{entry("a", 'a')}});
  const FleetBook::Look later = look(kDown);

  EXPECT_TRUE(later.failures.empty());
  EXPECT_EQ(later.delays.size(), 1U);
  EXPECT_FALSE(later.has_changed);
  ASSERT_EQ(accounts().size(), 1U);
  EXPECT_EQ(accounts()[0].spec.unreachable, "");
}

TEST_F(FleetBookTest, AnEntryMayAskForLessThanTheConfigurationAllows) {
  fleet_[0].common.spec.mode = Mode::create_only;
  fleet_[0].common.bound = Mode::create_only;

  look({{entry("less", 'a', Mode::observe), entry("more", 'b', Mode::sync)}});

  EXPECT_EQ(accounts()[0].spec.mode, Mode::observe);
  EXPECT_EQ(accounts()[1].spec.mode, Mode::create_only);
}

TEST_F(FleetBookTest, AnAccountsOwnLabelsComeBeforeThoseOfAll) {
  FleetEntry own = entry("a", 'a');
  own.traits.labels = {{"env", "test"}, {"ring", "canary"}};

  look({{own, entry("b", 'b')}});

  EXPECT_EQ(accounts()[0].spec.labels, (AccountTraits::Texts{{"env", "test"}, {"ring", "canary"}}));
  EXPECT_EQ(accounts()[1].spec.labels, (AccountTraits::Texts{{"env", "prod"}}));
}

TEST_F(FleetBookTest, AConfiguredAccountIsThatOne) {
  look({{entry("other", 'a')}});
  authzd::Setup setup;
  setup.fleet = fleet_;
  setup.accounts.emplace_back();
  setup.accounts[0].spec.name = "mine";
  setup.accounts[0].spec.id = AccountId(std::string(32, 'a'));

  ASSERT_TRUE(book_->add_to(setup).empty());

  ASSERT_EQ(setup.accounts.size(), 1U);
  EXPECT_EQ(setup.accounts[0].spec.name, "mine");
}

/// An author of the file must not be able to stop the accounts that the configuration names.
TEST_F(FleetBookTest, AnAccountWithTheNameOfAnotherIsNamedByItsId) {
  look({{entry("mine", 'a')}});
  authzd::Setup setup;
  setup.fleet = fleet_;
  setup.accounts.emplace_back();
  setup.accounts[0].spec.name = "mine";
  setup.accounts[0].spec.id = AccountId(std::string(32, 'b'));

  EXPECT_EQ(book_->add_to(setup).size(), 1U);
  ASSERT_EQ(setup.accounts.size(), 2U);
  EXPECT_EQ(setup.accounts[0].spec.name, "mine");
  EXPECT_EQ(setup.accounts[1].spec.name, std::string(32, 'a'));
}

/// The id of an entry was wrong, and is put right.
TEST_F(FleetBookTest, AnUnreachableAccountLeavesItsNameToTheOneThatIsShown) {
  look({{entry("prod", 'a')}});
  look({{entry("prod", 'b')}});
  authzd::Setup setup;
  setup.fleet = fleet_;

  EXPECT_EQ(book_->add_to(setup).size(), 1U);
  ASSERT_EQ(setup.accounts.size(), 2U);
  EXPECT_EQ(setup.accounts[0].spec.name, "prod");
  EXPECT_EQ(setup.accounts[0].spec.id, AccountId(std::string(32, 'b')));
  EXPECT_EQ(setup.accounts[1].spec.name, std::string(32, 'a'));
}

TEST_F(FleetBookTest, AReloadSeesWhatHasChangedOfAnAccount) {
  look({{entry("a", 'a')}});
  const std::string before = accounts()[0].fingerprint;
  FleetEntry changed = entry("a", 'a');
  changed.traits.params = {{"kms", "x"}};

  EXPECT_TRUE(look({{changed}}).has_changed);
  EXPECT_NE(accounts()[0].fingerprint, before);
}

}  // namespace
}  // namespace authzd::test
