// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is remembered of a release by hand.

#include "daemon/run/release.hpp"

#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

using Release = CycleTest;

/// A pin needs the manifest as this process reads it.
TEST_F(Release, SaysSoWhereItCannotPin) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  good_cycle();
  spec.load_limits.max_grants = 1;
  restart();
  account->begin_run("release", RunKind::release, "ada");
  const auto good = run(io, account->loader().last_good(clock.now()));
  auto planned = run(io, plan_release(account->reading(), nullptr, std::string()));
  ASSERT_TRUE(planned);
  const Performed performed = run(io, perform_plan(*account, std::move(*planned), stop));

  const auto settled = settle_release(*account, performed, good);

  EXPECT_TRUE(ours().empty());
  ASSERT_FALSE(settled);
  EXPECT_NE(to_string(settled.error()).find("nothing is pinned"), std::string::npos);
}

}  // namespace
}  // namespace authzd::test
