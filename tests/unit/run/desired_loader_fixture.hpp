// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A loader of one account, and a source that returns what a test tells it to.
#pragma once

#include "daemon/cycle/desired_loader.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd::test {

inline const std::string kManifest =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: kms}\n  roles: [Reader]\n";

inline const std::string kOtherManifest =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: other}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: hs-crypto}\n  roles: [Reader]\n";

/// Returns `newest`, like a source with a history: without its text if that is known.
class ScriptedSource final : public Source {
 public:
  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override {
    if (fleet && paths == std::vector<std::string>{"fleet.yaml"}) co_return *fleet;
    const auto* snapshot = std::get_if<Snapshot>(&newest);
    if (snapshot == nullptr || snapshot->revision != known) {
      reads += snapshot == nullptr ? 0 : 1;
      co_return newest;
    }
    Snapshot without_text{known, {}};
    co_return without_text;
  }

  Async<Lineage> lineage(std::string, std::string) override {
    ++questions;
    co_return how;
  }

  Async<bool> still_holds(std::vector<std::string>, std::string) override { co_return holds; }

  Async<Authors> authors(std::string revision, std::string earlier) override {
    asked_authors.push_back(earlier + ".." + revision);
    co_return authors_of_all;
  }

  Result<Authors> authors_of_all = Authors{};
  std::vector<std::string> asked_authors;
  Fetched newest;
  std::optional<Snapshot> fleet = {};  // what has the file of accounts
  bool holds = true;
  Lineage how = Lineage::follows;
  int reads = 0;      // of a revision's text
  int questions = 0;  // about its history
};

class DesiredLoaderTest : public testing::Test {
 protected:
  DesiredLoaderTest() {
    spec_.id = AccountId{"a1234567a1234567a1234567a1234567"};
    state_ = std::move(*state_in_memory(spec_.id));
    loader_.emplace(spec_, &source_, *state_);
  }

  Intent next() {
    auto intent = run(io_, loader_->next(clock_.now()));
    EXPECT_TRUE(intent) << to_string(intent.error());
    return intent ? std::move(*intent) : Intent{};
  }

  Intent next(const std::string& revision, const std::string& text) {
    source_.newest = Snapshot{revision, {{"disks.yaml", text}}};
    return next();
  }

  /// `revision` is loaded, and its plan performed.
  void apply(const std::string& revision) {
    ASSERT_TRUE(next(revision, kManifest).good);
    ASSERT_TRUE(state_->revisions.keep_applied(revision, {}, clock_.now()));
  }

  /// Two grants, and enough after them to be interrupted in the middle.
  static Snapshot long_text(const std::string& revision) {
    Snapshot snapshot{revision, {{"disks.yaml", kManifest}, {"other.yaml", kOtherManifest}}};
    for (int i = 0; i < 10; ++i) snapshot.files.push_back({std::to_string(i) + ".yaml", "# no\n"});
    return snapshot;
  }

  /// Cancels next() once it reads a text, like a stop or a reload.
  void stop_while_reading() {
    boost::asio::io_context io{1};
    boost::asio::cancellation_signal stop;
    bool was_stopped = false;
    const auto on_end = [&](const std::exception_ptr& thrown, const Result<Intent>&) {
      was_stopped = is_cancellation(thrown);
    };
    boost::asio::co_spawn(
        io, loader_->next(clock_.now()), boost::asio::bind_cancellation_slot(stop.slot(), on_end));
    io.run_one();  // up to the first pause, which is in the text
    stop.emit(boost::asio::cancellation_type::terminal);
    io.run();
    EXPECT_TRUE(was_stopped);
  }

  boost::asio::io_context io_{1};
  VirtualClock clock_;
  AccountSpec spec_;
  ScriptedSource source_;
  std::unique_ptr<AccountState> state_;
  std::optional<DesiredLoader> loader_;
};

}  // namespace authzd::test
