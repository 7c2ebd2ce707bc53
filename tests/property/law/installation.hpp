// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One installation of authzd with the real components: state, loader, planner, rails, convergence.
// Its inputs are committed files, the host's clock and a connection to IAM.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "daemon/source/source.hpp"
#include "tests/property/law/documents.hpp"
#include "tests/property/law/wire.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd::test {

/// Committed documents as a source.
class CommittedSource final : public Source {
 public:
  void commit(const Documents& documents);
  [[nodiscard]] const Documents* find(const std::string& revision) const;
  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override;

 private:
  std::vector<Documents> history_{{}};
};

/// The host's clock: the true time plus an offset.
class HostClock final : public Clock {
 public:
  explicit HostClock(Surroundings& around) : around_(around) {}
  [[nodiscard]] Timestamp now() const override { return around_.clock.now() + around_.host_offset; }
  [[nodiscard]] std::chrono::steady_clock::time_point ticks() const override {
    return around_.clock.ticks();
  }
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds duration) override {
    return around_.clock.sleep(duration);
  }

 private:
  Surroundings& around_;
};

class Installation {
 public:
  /// `has_file`: the state is a file, so that it can be backed up.
  Installation(AccountSpec spec, Surroundings& around, bool has_file);

  void commit(const Documents& documents);

  /// One cycle. If the process is killed during it, the next call starts another.
  void cycle();

  /// A person reviews the current plan, and approves the hold with that number modulo the number of
  /// holds. Returns what was approved, in words; empty: nothing is held.
  std::string approve(std::size_t number);
  void approve_all();

  void restart() { process_.reset(); }
  void lose_state();
  std::string keep_backup();
  std::string put_backup_back();
  void rename(const std::string& owner);

  /// Holds of this rail release everything without approval: a deliberate bug.
  void be_deaf_to(std::string rail) { deaf_to_ = std::move(rail); }

 private:
  void open_state(const std::string& path);
  void start();
  void run(const std::function<boost::asio::awaitable<void>()>& work);
  std::optional<Plan> look();
  void let_through(const Plan& plan, const std::string& hash);
  void pass_unheard();
  void announce_long_ago();

  AccountSpec spec_;
  Surroundings& around_;
  HostClock clock_{around_};
  boost::asio::io_context io_{1};
  std::shared_ptr<CommittedSource> source_ = std::make_shared<CommittedSource>();
  std::optional<TempFolder> folder_;
  std::string state_file_;
  std::size_t files_ = 0;
  std::string backup_;
  std::shared_ptr<Database> database_;
  std::unique_ptr<AccountRuntime> process_;
  std::string deaf_to_;
  std::size_t runs_ = 0;
};

}  // namespace authzd::test
