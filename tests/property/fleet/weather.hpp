// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What may befall a daemon on its way to IAM, and the ways in which a test plants a bug.
#pragma once

#include <cstdint>
#include <random>
#include <stdexcept>

namespace authzd::test {

/// Chances in percent, each drawn on its own for every call.
struct Storm {
  unsigned refused = 0;      // an error, and nothing was done
  unsigned lost_before = 0;  // the reply was lost, and nothing was done
  unsigned lost_after = 0;   // the reply was lost, and it was done
  unsigned no_etag = 0;
  unsigned lag = 0;       // a read shows an older copy
  unsigned meddling = 0;  // someone changes IAM by hand before the call
  unsigned kill = 0;      // the process dies, before or after the call
};

/// A bug on purpose, of each kind that a law must see. The law that does not see its bug is none.
enum class Bug {
  none,
  takes_all_for_its_own,  // safety: other people's policies look like ours
  forgets_its_deletes,    // rails: the window's count is lost with every cycle
  lies_about_deletes,     // convergence: a DELETE says that it was done, and was not
  sees_ghosts,            // rest: a list shows roles that nobody gave
  keeps_no_record,        // record: what was done is wiped out of the state
  writes_in_observe,      // safety: mode observe, and yet a writer at work
};

/// The process is gone: nothing of it reaches IAM or its state any more.
struct Killed : std::runtime_error {
  Killed() : std::runtime_error("killed") {}
};

using Rng = std::mt19937_64;

inline bool chance(Rng& rng, unsigned percent) {
  return rng() % 100 < percent;
}

}  // namespace authzd::test
