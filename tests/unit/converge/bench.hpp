// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A bench for the converge machine: plans of one action, replies by name, and the sent commands as
// text.
#pragma once

#include "reconciler/converge/converge.hpp"

#include <set>
#include <string>
#include <vector>

namespace authzd::test {

inline const AccountId kAccount{"0123456789abcdef0123456789abcdef"};
inline const PolicyId kId{"11111111-2222-4333-8444-555555555555"};
inline const IamId kUs{"IBMid-us"};
inline const std::string kPlannedTime = "2026-11-01T00:00:00.000Z";

PolicyContent content(const std::string& role, const std::string& target = "kms");

Action create_action(const std::string& target = "kms");  // wants "Reader"
Action update_action();                                   // "Reader" → "Writer" on kId
Action remove_action();                                   // "Reader" on kId

Plan plan_of(std::vector<Action> actions);

/// kId as the plan saw it, with the ETag "e1".
Versioned as_planned();
Versioned with_role(const std::string& role);  // changed by IBMid-them, later; ETag "e2"
Versioned deleted(Versioned versioned);
Versioned without_etag(Versioned versioned);

/// Replies for action 0.
Reply saw(const Versioned& versioned);
Reply nothing();
Reply failed(ErrorCode code, int status);
Reply lost();
Reply conflict_with(const std::string& id);

/// Gives replies to one action and collects what it sent: "create", "read", "replace e1", "find",
/// …; a delay is appended as "+1000". A restore that repairs the effect of our own write: "repair".
class Bench {
 public:
  explicit Bench(Action action,
                 std::map<PolicyId, Etag> last_etags = {},
                 Timestamp fresh_since = Timestamp::max(),
                 const SharedPolicies* listed = nullptr,
                 Timestamp listed_at = Timestamp::max());

  /// Answers the current command.
  Bench& answer(Reply reply);
  Bench& cancel();

  [[nodiscard]] bool is_finished() const { return converger_.is_finished(); }
  [[nodiscard]] Outcome outcome() const;

  std::vector<std::string> sent;
  std::vector<PolicyLayout> layouts;  // of the replaces

 private:
  void keep(const std::vector<Command>& commands);

  Converger converger_;
};

}  // namespace authzd::test
