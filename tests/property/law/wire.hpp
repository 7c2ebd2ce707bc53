// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon's connection to IAM in the world of the law: faults are scripted, and the witness sees
// every write that arrives.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "tests/property/law/witness.hpp"
#include "tests/support/fake_iam.hpp"
#include "tests/support/virtual_clock.hpp"

#include <map>
#include <stdexcept>

namespace authzd::test {

/// Deliberate bugs: one for each way around the rails that was ever found. A law that misses its
/// bug is useless.
enum class Flaw {
  none,
  forgets_its_deletes,    // each cycle loses the count of the window
  announces_at_once,      // each end counts as announced long ago
  approves_what_is_held,  // an approval of one hold releases all others
  is_deaf_to_a_rail,      // World::deaf_to: holds of that rail need no approval
  believes_any_account,   // policies of another account look like those of this one
  believes_the_host,      // IAM's Date is ignored, and the host's clock is trusted
  takes_all_for_its_own,  // policies of other people look like ours
  strips_markers,         // an update writes no marker
  lies_about_deletes,     // a DELETE reports success, but was not done
  disowns_its_markers,    // each of its policies looks as if another owner had marked it
  unprotects_at_once,     // protection ends as soon as a revision removes it
};

/// The process has died: none of its calls reaches IAM or its state any more.
struct Killed : std::runtime_error {
  Killed() : std::runtime_error("killed") {}
};

/// How a call fails.
enum class Trouble {
  none,
  refused,
  lost_before,
  lost_after,
  killed_before,
  killed_after,
  denied_after,  // a proxy sends a write twice, and passes the answer to the second time on
};

/// What hides the outcome of the next write that IAM does.
enum class Hidden {
  no,
  by_silence,  // its reply is lost, and no call is answered until the cycle has ended
  by_denial,   // the reply says that it was not done
  by_death,    // the process is killed before it can record the write
};

/// What the daemon's process shares with its surroundings. It outlives the gateways.
struct Surroundings {
  Surroundings(const Rules& rules, Flaw bug) : witness(rules), flaw(bug) {}

  FakeIam iam{kLawAccount};
  VirtualClock clock;
  Witness witness;
  IamId who{"iam-ServiceId-law"};
  Flaw flaw;
  std::chrono::milliseconds iam_offset{0};
  std::chrono::milliseconds host_offset{0};
  bool sends_date = true;
  std::size_t behind = 0;  // reads lag by this many writes
  Trouble trouble = Trouble::none;
  std::size_t trouble_in = 0;  // calls from now
  Hidden next_write = Hidden::no;
  bool is_silent = false;                   // no call is answered
  std::map<PolicyId, Timestamp> uses = {};  // as IAM dates them

  [[nodiscard]] Timestamp iam_now() const { return clock.now() + iam_offset; }
};

class Wire final : public PolicyReader, public PolicyWriter {
 public:
  explicit Wire(Surroundings& around) : around_(around) {}

  Async<TokenIdentity> identity() override;
  Async<Listing> list() override;
  Async<Versioned> get(PolicyId id) override;
  Async<RoleTable> roles(RoleQuery pair) override;
  void forget_roles(const RoleQuery&) override {}
  Async<Written> create(PolicyContent content) override;
  Async<Written> replace(PolicyId id,
                         PolicyContent content,
                         Etag etag,
                         PolicyLayout layout) override;
  Async<std::string> remove(PolicyId id) override;
  Async<Written> restore(PolicyId id, Etag etag) override;

 private:
  Trouble set_out();
  Trouble hide(Trouble trouble);
  Result<Written> come_back(Trouble trouble,
                            Verb verb,
                            std::optional<Observed> before,
                            Result<Versioned> stored);
  [[nodiscard]] std::optional<Observed> truth(const PolicyId& id) const;
  [[nodiscard]] Observed as_shown(Observed policy) const;

  Surroundings& around_;
};

}  // namespace authzd::test
