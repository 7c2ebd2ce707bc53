// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Watches one daemon from outside, and knows the laws. It is written from the design (§5, §6) and
// uses none of the code that it judges: it parses markers itself.
#pragma once

#include "reconciler/model/key.hpp"
#include "reconciler/model/policy.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace authzd::test {

inline const AccountId kFleetAccount{"0123456789abcdef0123456789abcdef"};

/// A write of the daemon that IAM did.
struct Deed {
  std::string verb;  // "POST", "PUT", "DELETE", "PATCH"
  PolicyId id;
  Key key;
};

class Witness {
 public:
  Witness(std::string owner, IamId who) : owner_(std::move(owner)), who_(std::move(who)) {}

  /// For a deliberate bug: puts this owner's name into a marker.
  void claim(std::string& description) const;

  /// Who owns a policy, by its marker and its author.
  [[nodiscard]] bool is_own(const Observed& policy) const;

  /// The same from IAM's data only. A policy may be disputed if it was taken over by a write whose
  /// reply was lost, and changed by someone since: this excludes it.
  [[nodiscard]] bool is_visibly_own(const Observed& policy) const;

  // What the daemon sees, and what it does.
  void listed(const Observed& policy);
  void shown(const Observed& policy);
  void sends(const std::string& verb, const PolicyId& id, const PolicyContent* content);
  void did(const std::string& verb, const Observed& policy);

  void wants(const Key& key) { wanted_.insert(key); }
  void may_write(bool may) { may_write_ = may; }
  void may_take_over(bool may) { may_take_over_ = may; }
  void most_deletes(std::size_t most) { most_deletes_ = most; }
  void people_approve() { people_approve_ = true; }

  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] const std::vector<Deed>& deeds() const { return deeds_; }
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }
  void blame(const std::string& rule) { faults_.push_back(owner_ + ": " + rule); }

 private:
  [[nodiscard]] bool is_signed(const Observed& policy) const;
  void judge_change(const std::string& verb, const Observed& seen);

  std::string owner_;
  IamId who_;
  bool may_write_ = true;
  bool may_take_over_ = false;
  bool people_approve_ = false;
  std::size_t most_deletes_ = 0;
  std::size_t sent_ = 0;
  std::size_t deletes_ = 0;  // that IAM did without an approval
  std::set<Key> wanted_;     // by any revision so far
  std::set<PolicyId> written_;
  std::set<PolicyId> known_;  // that it could once recognise as its own
  std::set<PolicyId> deleted_;
  std::map<PolicyId, Observed> last_shown_;
  std::vector<Deed> deeds_;
  std::vector<std::string> faults_;
};

/// The marker of a description: "(authzd: owner/name#hash" with "!" if protected. Empty: there is
/// none.
std::string marker_in(const Observed& policy);
bool is_protected(const Observed& policy);

}  // namespace authzd::test
