// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A world for the converge machine, generated from one seed: an IAM, a plan against it, network
// faults, concurrent changes by other people, lagging replicas, and replies in any order.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "tests/support/fake_iam.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace authzd::test {

/// Chances in percent, each drawn independently.
struct Weather {
  unsigned refused = 0;      // an error, and nothing was done
  unsigned lost_before = 0;  // the reply was lost, and nothing was done
  unsigned lost_after = 0;   // the reply was lost, and it was done
  unsigned no_etag = 0;
  unsigned lag = 0;       // a read shows an older copy
  unsigned meddling = 0;  // someone else changes a policy of the plan before the command
  unsigned nonsense = 0;  // a reply that no API would send
  unsigned stop = 0;      // cancel() before the next reply
};

/// What was sent, and the world's verdict.
struct Verdict {
  bool has_ended = false;
  std::size_t commands = 0;
  std::vector<std::string> faults;  // violated rules
};

class World {
 public:
  World(std::uint64_t seed, Weather weather);

  Verdict run();

 private:
  struct Memory {  // of one action
    int posts = 0, puts = 0, removes = 0, restores = 0;
    bool last_was_lost = false;     // the last write's reply
    bool has_looked_since = false;  // a read or a find came between
    bool was_meddled_with = false;
  };

  bool chance(unsigned percent) { return rng_() % 100 < percent; }
  void make_plan();
  void add_fresh_delete();
  void meddle(std::size_t action);
  void judge(const Command& command);
  void judge_outcomes(const std::vector<Outcome>& outcomes);
  bool is_true(const Action& action) const;
  Reply perform(const Command& command);
  Reply read(const Command& command);
  Result<Versioned> write(const Command& command);
  void blame(std::size_t action, const std::string& rule);

  std::mt19937_64 rng_;
  Weather weather_;
  FakeIam iam_;
  Plan plan_;
  Timestamp fresh_since_ = Timestamp::max();
  std::map<std::size_t, Memory> memory_;
  bool is_stopped_ = false;
  Verdict verdict_;
};

}  // namespace authzd::test
