// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/account_status.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

/// The state of several things, and what an operator reads: "IN SYNC 5 of 8".
struct Case {
  const char* name;
  LastRun run;
  std::size_t in_sync;
  std::size_t managed;
};

LastRun run_of(PlanCounts planned, std::size_t created = 0, std::size_t deleted = 0) {
  LastRun run;
  run.planned = planned;
  run.created = created;
  run.deleted = deleted;
  run.policies = 1000;  // others' policies never count
  return run;
}

TEST(LastRun, CountsWhatIsInSyncOfWhatIsManaged) {
  const std::vector<Case> cases{
      {"nothing to do", run_of({.unmanaged = 7, .in_sync = 1}), 1, 1},
      {"all were made", run_of({.creates = 3, .in_sync = 2}, 3), 5, 5},
      {"one was not made", run_of({.creates = 3, .in_sync = 2}, 2), 4, 5},
      {"deletes are gone", run_of({.removes = 2, .in_sync = 5}, 0, 2), 5, 5},
      {"deletes are held", run_of({.held = 2, .in_sync = 5}), 5, 7},
      {"a conflict, and what the mode leaves",
       run_of({.conflicts = 1, .in_sync = 5, .dropped = 2}),
       5,
       8},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(each.run.in_sync(), each.in_sync) << each.name;
    EXPECT_EQ(each.run.managed(), each.managed) << each.name;
  }
}

}  // namespace
}  // namespace authzd
