// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A state in a file in its own directory, and short notation for its contents.
#pragma once

#include "daemon/state/account_state.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace authzd::test {

inline const AccountId kOurAccount{"0123456789abcdef0123456789abcdef"};

PolicyContent content_with(const std::string& role, const std::string& target = "kms");

Action create_of(const std::string& target = "kms");
Action update_of(const PolicyId& id, const std::string& from, const std::string& to);
Action remove_of(const PolicyId& id);

/// As in IAM's reply to a write.
Observed observed(const PolicyId& id, PolicyContent content);
Outcome done_with(const PolicyId& id, PolicyContent content, const std::string& etag = "1-a");
Outcome gone();  // of a delete
Outcome not_done(OutcomeKind kind, bool wrote);

Command sending(Command::Kind kind);

class StateTest : public ::testing::Test {
 protected:
  StateTest();
  ~StateTest() override;

  /// Opens the file, which another process has closed, or left when it died.
  void open(DatabaseOptions options = {});
  void close();
  void reopen() {
    close();
    open();
  }

  /// A run with that id and these actions.
  void begin(const std::string& run, const std::vector<Action>& actions = {});

  /// A run of one action that is sent and ends with this outcome.
  void perform(const std::string& run,
               const Action& action,
               const Outcome& outcome,
               Command::Kind kind = Command::Kind::create);

  [[nodiscard]] std::string path() const { return directory / "state.db"; }

  test::TempFolder temporary;
  const std::filesystem::path directory = temporary.path();
  Timestamp now{std::chrono::hours(24 * 365 * 50)};
  std::shared_ptr<Database> database;
  std::unique_ptr<AccountState> state;
};

/// The value of a result; an error ends the test with its text.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  return std::move(*result);
}
inline void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
}

}  // namespace authzd::test
