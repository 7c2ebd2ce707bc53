// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The faults between a daemon and IAM, and the deliberate bugs of a test.
#pragma once

#include <cstdint>
#include <random>
#include <stdexcept>

namespace authzd::test {

/// Chances in percent, each drawn independently for every call.
struct Storm {
  unsigned refused = 0;      // an error, and nothing was done
  unsigned lost_before = 0;  // the reply was lost, and nothing was done
  unsigned lost_after = 0;   // the reply was lost, and it was done
  unsigned no_etag = 0;
  unsigned lag = 0;       // a read shows an older copy
  unsigned meddling = 0;  // someone edits IAM before the call
  unsigned kill = 0;      // the process dies, before or after the call
};

/// A deliberate bug of each kind that a law must detect. A law that misses its bug is useless.
enum class Bug {
  none,
  takes_all_for_its_own,  // safety: policies of other people look like ours
  forgets_its_deletes,    // rails: each cycle loses the count of the window
  lies_about_deletes,     // convergence: a DELETE reports success, but was not done
  sees_ghosts,            // quiescence: a list shows roles that nobody granted
  keeps_no_record,        // record: the state loses what was done
  writes_in_observe,      // safety: mode observe with a writer
};

/// The process has died: none of its calls reaches IAM or its state any more.
struct Killed : std::runtime_error {
  Killed() : std::runtime_error("killed") {}
};

using Rng = std::mt19937_64;

inline bool chance(Rng& rng, unsigned percent) {
  return rng() % 100 < percent;
}

}  // namespace authzd::test
