// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The accounts of a file of the source: of which commit an account is, and what happens to one
// whose file cannot be used.
#include "daemon/cli/fleet_book.hpp"
#include "daemon/state/account_state.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>

namespace authzd::test {
namespace {

const Timestamp kNow = Timestamp(std::chrono::hours(500'000));

std::string id_of(char name) {
  return std::string(32, name);
}

std::string commit(char name) {
  return std::string(40, name);
}

/// Files by name; a commit that does not follow an earlier one is in `rewritten`.
class FleetFolder final : public Source {
 public:
  Async<Fetched> fetch(std::vector<std::string> paths, std::string) override {
    if (!is_there) co_return Error{ErrorCode::unavailable, "no connection"};
    Snapshot found{revision, {}};
    const auto file = files.find(paths.front());
    if (file != files.end()) found.files.push_back({file->first, file->second});
    co_return found;
  }
  Async<Lineage> lineage(std::string later, std::string) override {
    co_return rewritten.contains(later) ? Lineage::diverges : Lineage::follows;
  }

  std::string revision;
  std::map<std::string, std::string> files;
  std::set<std::string> rewritten;
  bool is_there = true;
};

class FleetFileBook : public testing::Test {
 protected:
  FleetFileBook() {
    add_part("fleet.yaml");
    open();
  }

  void add_part(const std::string& file) {
    FleetPart part{.file = file};
    part.common.spec.mode = Mode::sync;
    part.common.bound = Mode::sync;
    fleet_.push_back(part);
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
    book_.emplace(database_, [this](FleetPart) { return answer(discovered_); });
  }

  static Async<std::vector<FleetEntry>> answer(std::vector<FleetEntry> shown) { co_return shown; }

  static std::string text_of(const std::string& entries) {
    return "apiVersion: authzd/v1\nkind: Fleet\naccounts: [" + entries + "]\n";
  }

  static std::string entry(char name, const std::string& more = {}) {
    return "{name: " + std::string(1, name) + ", id: " + id_of(name) + ", mode: sync" + more + "}";
  }

  FleetBook::Look look() {
    auto look = run(io_, book_->look(fleet_, source_, kNow));
    EXPECT_TRUE(look);
    return look ? std::move(*look) : FleetBook::Look{};
  }

  FleetBook::Look look_at(const std::string& revision, const std::string& entries) {
    source_->revision = revision;
    source_->files["fleet.yaml"] = text_of(entries);
    return look();
  }

  /// As a reload would open it.
  std::optional<AccountSetup> account(char name) {
    authzd::Setup setup;
    setup.fleet = fleet_;
    renamed_ = book_->add_to(setup);
    for (const AccountSetup& each : setup.accounts) {
      if (each.spec.id == AccountId(id_of(name))) return each;
    }
    return {};
  }

  std::string revision_of(char name) { return account(name)->spec.fleet->revision; }

  void apply(char name, const std::string& revision) {
    AccountState state(database_, AccountId(id_of(name)));
    ASSERT_TRUE(state.revisions.keep_given_to({"d"}, {}, {}, revision));
  }

  void approve(char name, const std::string& revision) {
    AccountState state(database_, AccountId(id_of(name)));
    ASSERT_TRUE(
        state.approvals.approve_revision(revision, {"ana", kNow, kNow + std::chrono::hours(1)}));
  }

  boost::asio::io_context io_{1};
  TempFolder directory_;
  std::shared_ptr<Database> database_;
  std::shared_ptr<FleetFolder> source_ = std::make_shared<FleetFolder>();
  std::vector<FleetPart> fleet_;
  std::vector<FleetEntry> discovered_;
  std::vector<std::string> renamed_;
  std::optional<FleetBook> book_;
};

TEST_F(FleetFileBook, AnAccountMovesOnWithEachCommitThatLeavesItsEntryAsItIs) {
  look_at(commit('1'), entry('a') + ", " + entry('b'));
  const auto a = account('a')->spec.fleet;
  const auto b = account('b')->spec.fleet;

  look_at(commit('2'), entry('a') + ", " + entry('b', ", labels: {env: test}") + ", " + entry('c'));

  EXPECT_EQ(a->revision, commit('2')) << "the one in force goes on without a reload";
  EXPECT_EQ(b->revision, commit('1')) << "the one in force has the labels of that commit";
  EXPECT_EQ(revision_of('b'), commit('2'));
  look_at(commit('3'), entry('a') + ", " + entry('b') + ", " + entry('c'));
  EXPECT_EQ(b->revision, commit('1')) << "it is as it was, and only a reload knows that";
  EXPECT_NE(account('b')->spec.fleet, b);
}

TEST_F(FleetFileBook, ACommitWhoseFileCannotBeUsedIsRefusedByItsAccounts) {
  look_at(commit('1'), entry('a'));
  const auto a = account('a')->spec.fleet;

  look_at(commit('2'), "{name: a, id: 7}");
  EXPECT_EQ(a->revision, commit('1'));
  EXPECT_EQ(a->refused, commit('2'));
  source_->revision = commit('3');
  source_->files.clear();
  look();
  EXPECT_EQ(a->refused, commit('3')) << "there is no such file";

  look_at(commit('4'), entry('a'));
  EXPECT_EQ(a->revision, commit('4'));
  EXPECT_EQ(a->refused, "");
}

TEST_F(FleetFileBook, AnAccountOfAnEarlierProcessIsOfNoCommitUntilItsFileWasRead) {
  look_at(commit('1'), entry('a'));
  open();
  source_->is_there = false;
  EXPECT_EQ(look().delays.size(), 1U);

  ASSERT_TRUE(account('a')->spec.fleet) << "no commit is loaded with labels of an unknown one";
  EXPECT_EQ(revision_of('a'), "");
}

TEST_F(FleetFileBook, ARewrittenHistoryIsReadOnceEachAccountHasLetItIn) {
  look_at(commit('1'), entry('a') + ", " + entry('b'));
  apply('a', commit('1'));
  apply('b', commit('1'));
  source_->rewritten.insert(commit('2'));
  const std::string changed = entry('a', ", labels: {env: x}") + ", " + entry('b');

  EXPECT_FALSE(look_at(commit('2'), changed).has_changed);
  approve('a', commit('2'));
  EXPECT_FALSE(look().has_changed) << "b has not let it in";
  EXPECT_EQ(account('a')->spec.fleet->refused, commit('2'));

  approve('b', commit('2'));
  EXPECT_TRUE(look().has_changed);
}

/// Else a commit that empties the file would take the check off.
TEST_F(FleetFileBook, ARewrittenHistoryIsNotReadThoughNoAccountIsLeftToCompareWith) {
  look_at(commit('1'), entry('a'));
  apply('a', commit('1'));
  look_at(commit('2'), "");
  open();
  source_->rewritten.insert(commit('3'));

  EXPECT_FALSE(look_at(commit('3'), entry('a') + ", " + entry('c')).has_changed);
  EXPECT_FALSE(account('c'));
}

TEST_F(FleetFileBook, ANameStaysWithTheAccountThatHadItFirst) {
  add_part("other.yaml");
  std::swap(fleet_[0], fleet_[1]);
  source_->files["other.yaml"] = text_of("");
  look_at(commit('1'), entry('a'));

  source_->files["other.yaml"] = text_of("{name: a, id: " + id_of('c') + ", mode: sync}");
  for (int process = 0; process < 2; ++process) {
    look();
    EXPECT_EQ(account('a')->spec.name, "a");
    EXPECT_EQ(account('c')->spec.name, id_of('c')) << "documents for \"a\" are not for it";
    EXPECT_EQ(renamed_.size(), 1U);
    open();
  }
}

TEST_F(FleetFileBook, AnAccountThatAFileLostIsNotThatOfADiscovery) {
  fleet_.push_back({.profile = "authzd"});
  fleet_.back().common.spec.mode = Mode::sync;
  discovered_ = {{{"found"}, AccountId(id_of('a')), Mode::sync}};
  look_at(commit('1'), entry('a') + ", " + entry('b'));

  look_at(commit('2'), entry('b'));

  EXPECT_NE(account('a')->spec.unreachable, "");
  EXPECT_EQ(account('a')->spec.name, "a");
}

}  // namespace
}  // namespace authzd::test
