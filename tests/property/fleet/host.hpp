// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One installation of authzd: its state, its manifests, and the current process. A killed process
// leaves the state behind.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "daemon/source/source.hpp"
#include "tests/property/fleet/rough_gateway.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace authzd::test {

/// The manifest's entry for one key.
struct Wanted {
  std::string name;
  std::string role;  // display name
  bool is_protected = false;
};

/// Manifests for the test: the wish for each (source, target) pair.
using Wishes = std::map<std::pair<std::string, std::string>, Wanted>;

/// The key of a pair in the account of the tests.
Key key_of_pair(const std::pair<std::string, std::string>& pair);

class TextSource final : public Source {
 public:
  void set(const Wishes& wishes);
  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override;

 private:
  Snapshot snapshot_;
  std::size_t revisions_ = 0;
};

struct HostTraits {
  std::string owner;
  IamId who;
  Mode mode = Mode::sync;
  Adopt adopt = Adopt::never;
  std::size_t max_delete = 3;
  bool first_deletes_approved = true;
  Bug bug = Bug::none;
};

class Host {
 public:
  Host(HostTraits traits, FakeIam& iam, Clock& clock, Rng& rng);

  void set_manifests(const Wishes& wishes);
  void weather(const Storm& storm) { around_.storm = storm; }
  void on_meddling(std::function<void()> meddle) { around_.meddle = std::move(meddle); }

  /// One cycle; a killed process is replaced at its end.
  boost::asio::awaitable<void> cycle();

  /// By our last write of it.
  [[nodiscard]] bool has_protected(const PolicyId& id) const;

  /// A person reviews the holds of the last cycle, and approves all of them.
  void approve_all();

  /// Every write that IAM did is in the state, with its outcome.
  void check_record();

  [[nodiscard]] Witness& witness() { return witness_; }
  [[nodiscard]] const Wishes& wishes() const { return wishes_; }
  [[nodiscard]] const HostTraits& traits() const { return traits_; }

 private:
  void open_state();
  void start();

  HostTraits traits_;
  Clock& clock_;
  Rng& rng_;
  Witness witness_;
  Surroundings around_;
  std::shared_ptr<TextSource> source_ = std::make_shared<TextSource>();
  std::shared_ptr<Database> database_;
  std::unique_ptr<AccountRuntime> process_;
  std::optional<Plan> last_plan_;
  Wishes wishes_;
  std::size_t runs_ = 0;
};

}  // namespace authzd::test
