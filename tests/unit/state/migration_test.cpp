// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/schema.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/unit/state/state_fixture.hpp"

#include <fstream>
#include <iterator>
#include <sqlite3.h>

namespace authzd::test {
namespace {

class MigrationTest : public StateTest {
 protected:
  MigrationTest() {
    close();
    std::filesystem::remove(path());
  }

  /// A file as an earlier version left it, made by SQLite alone.
  void make(const std::string& fixture) const {
    std::ifstream file(source_path("tests/unit/state/" + fixture));
    const std::string script{std::istreambuf_iterator<char>(file),
                             std::istreambuf_iterator<char>()};
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, script.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }

  std::int64_t version() {
    return *must(database->first<std::int64_t>(
        "PRAGMA user_version", {}, [](const SqlRow& row) { return row.number(0); }));
  }

  std::vector<std::string> tables() {
    return must(database->all<std::string>("SELECT sql FROM sqlite_schema ORDER BY name",
                                           {},
                                           [](const SqlRow& row) { return row.text(0); }));
  }
};

TEST_F(MigrationTest, BringsAStateOfTheFirstVersionUpToDateWithAllThatIsInIt) {
  make("version_1.sql");

  open();

  EXPECT_EQ(version(), static_cast<std::int64_t>(schema_versions().size()));
  const RunDetail run = must(state->runs.find("old"));
  EXPECT_EQ(run.run.start.who, "ana");
  EXPECT_EQ(run.run.start.undoes, "");
  EXPECT_EQ(run.run.end->counts.created, 1U);
  EXPECT_TRUE(must(state->policies.known())->contains(PolicyId{"p1"}));
  EXPECT_TRUE(must(state->approvals.are_first_deletes_approved(now)));
  EXPECT_FALSE(must(state->approvals.are_first_deletes_approved(now, {.need = 2})))
      << "by whom is unknown";
}

TEST_F(MigrationTest, ReopensAWriteOfUnknownOutcomeUnlessALaterOneHasPassedItBy) {
  const auto lose = [this](const std::string& run, const Action& action) {
    begin(run, {action});
    must(state->runs.will_write({run, 0}, sending(Command::Kind::replace), now));
    must(state->runs.record({run, 0}, action, not_done(OutcomeKind::unknown, true), now));
    must(state->runs.end(run, RunEnd{.ended = now, .counts = {.failed = 1}}));
    now += std::chrono::minutes(1);
  };
  open();
  lose("passed by", create_of("kms"));
  lose("last", create_of("kms"));
  lose("other", create_of("cos"));
  must(database->run("UPDATE actions SET ended = sent"));
  for (const char* later : {"DROP TABLE rollouts",
                            "DROP TABLE rollout_waves",
                            "DROP TABLE rollout_accounts",
                            "DROP TABLE perhaps_written",
                            "DROP TABLE commits",
                            "DROP TABLE fleet_accounts",
                            "DROP TABLE fleet_revisions",
                            "DROP TABLE changes_ahead",
                            "ALTER TABLE revisions DROP COLUMN traits"}) {
    must(database->run(later));
  }
  must(database->run("PRAGMA user_version = 7"));

  reopen();

  const auto unknown = must(state->runs.unknown_outcomes());
  ASSERT_EQ(unknown.size(), 2U);
  EXPECT_EQ(unknown[0].ref.run, "last");
  EXPECT_EQ(unknown[1].ref.run, "other");
  EXPECT_EQ(must(state->runs.find("last")).run.end->counts, (RunCounts{.unknown = 1}));
  EXPECT_EQ(must(state->runs.find("passed by")).run.end->counts, (RunCounts{.failed = 1}));
}

TEST_F(MigrationTest, LeadsToTheSameTablesAsANewFile) {
  make("version_1.sql");
  open();
  const auto migrated = tables();
  close();
  std::filesystem::remove(path());
  open();

  EXPECT_EQ(migrated, tables());
}

TEST_F(MigrationTest, LeavesAFileThatItCannotMigrateAsItWas) {
  make("version_1.sql");
  DatabaseOptions options;
  options.path = path();
  options.before_commit = [] { throw std::runtime_error("the power is cut"); };

  EXPECT_THROW((void)Database::open(options), std::runtime_error);

  open();
  EXPECT_TRUE(state->runs.find("old"));
}

}  // namespace
}  // namespace authzd::test
