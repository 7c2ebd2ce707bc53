// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

class InstanceStoreTest : public StateTest {};

TEST_F(InstanceStoreTest, KeepsWhatNamesStoodFor) {
  const KnownInstances first{{{"kms", "prod-kms", "", ""}, {"id-1", ""}},
                             {{"kms", "prod-kms", "group", "eu-de"}, {"id-2", "id-0"}}};
  must(state->instances.keep(first));
  close();
  open();
  EXPECT_EQ(must(state->instances.known()), first);

  const KnownInstances second{{{"hs-crypto", "h", "", ""}, {"id-3", ""}}};
  must(state->instances.keep(second));
  EXPECT_EQ(must(state->instances.known()), second);
}

}  // namespace
}  // namespace authzd::test
