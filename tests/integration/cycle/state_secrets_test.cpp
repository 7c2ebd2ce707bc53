// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The state on disk: the bytes that cycles leave in it, with keys and tokens in use, and with an
// IAM that returns all that it received.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace authzd::test {
namespace {

using testing::HasSubstr;

class StateOnDisk : public CycleTest {
 protected:
  void SetUp() override {
    state_file = directory.string() + ".state.db";
    lose_state();
    approve_first_deletes();
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  }

  ~StateOnDisk() override {
    end_process();
    database.reset();
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
      std::filesystem::remove(state_file.string() + suffix);
    }
  }

  /// All bytes of the state on disk.
  [[nodiscard]] std::string bytes() const {
    std::string all;
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::ifstream file(state_file.string() + suffix, std::ios::binary);
      EXPECT_TRUE(file) << suffix;
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }

  void expect_no_secret() {
    const std::string all = bytes();
    EXPECT_THAT(all, HasSubstr("server-protect")) << "this is not where the state is";
    EXPECT_EQ(all.find(key), std::string::npos) << "the API key is in the state";
    ASSERT_FALSE(http->tokens().empty());
    for (const std::string& token : http->tokens()) {
      EXPECT_EQ(all.find(token), std::string::npos) << "a token is in the state";
    }
  }
};

TEST_F(StateOnDisk, HoldsNoSecretAfterCyclesThatWrote) {
  good_cycle();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  write_file("storage.yaml", "nonsense");
  ASSERT_TRUE(cycle().refusal);

  expect_no_secret();

  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
}

TEST_F(StateOnDisk, HoldsNoSecretThatIamSentBackInAnError) {
  must_be_quiet = false;  // a refused write backs off
  restart();
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    if (request.method != "POST" || request.target != "/v2/policies") return std::nullopt;
    std::string echo = "you said: " + request.body;
    for (const HttpHeader& header : request.headers)
      echo += " " + header.name + ": " + header.value;
    return HttpResponse{400, request.headers, echo};
  };
  for (int i = 0; i < 3; ++i) cycle();
  http->intercept = nullptr;

  EXPECT_THAT(bytes(), HasSubstr("IAM refused the request")) << "the errors are not in the state";
  expect_no_secret();
}

}  // namespace
}  // namespace authzd::test
