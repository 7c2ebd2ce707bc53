// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Each ready-made manifest, planned against an IAM that knows IBM's own names and refuses
// everything undocumented.
#include "reconciler/report/plan_text.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"
#include "tests/support/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace authzd::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names() {
  const fs::path folder = source_path("manifests");
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::string name = entry.path().lexically_relative(folder).string();
    // A repository to start from, which has files of other programs, too (system.pipeline).
    if (!name.starts_with("template/")) found.push_back(std::move(name));
  }
  std::ranges::sort(found);
  return found;
}

class ReadyMadeManifest : public CycleTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(ReadyMadeManifest, PlansWithIbmsNames) {
  must_be_quiet = false;  // nothing is applied
  set("role-check", "strict");
  std::ifstream file(source_path("manifests/" + GetParam()));
  write_file("it.yaml", {std::istreambuf_iterator<char>(file), {}});
  restart(false);

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.performed);
  const Plan& plan = end.performed->planned.plan;
  EXPECT_TRUE(plan.notes.empty()) << plan_text(plan, {});
  EXPECT_FALSE(plan.actions.empty());
}

INSTANTIATE_TEST_SUITE_P(Each, ReadyMadeManifest, ::testing::ValuesIn(names()), [](const auto& it) {
  std::string name = it.param.substr(0, it.param.find('.'));
  std::ranges::replace_if(
      name, [](char c) { return c == '-' || c == '/'; }, '_');
  return name;
});

}  // namespace
}  // namespace authzd::test
