// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Judges each write that IAM did for the daemon by the law of design §6. It knows IAM's real
// content before and after, what was committed and applied, what a person was shown and approved,
// and the true time. It uses none of the code that it judges.
#pragma once

#include "reconciler/plan/plan.hpp"
#include "tests/property/law/documents.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::test {

enum class Law {
  counts,         // no more policies lose access in a window than the rails allow
  first_deletes,  // a new or lost state deletes nothing without approval
  old_state,      // nor does one that is older than the world
  use,            // a recently used policy stays, or was covered for as long
  unknown_use,    // the same if its use is unknown
  protection,     // a protected policy stays unchanged for a day after the protection ended
  ownership,      // policies of others are not touched
  capture,        // a document releases only its own policies, permanently
  breadth,        // nothing reaches what no manifest names, unless approved
  grace,          // access to keys is shown as ending before it ends
  delegators,     // no delegating policy is removed, unless approved
  revocation,     // unwanted policies are removed once people approve
  repair,         // everything that manifests want exists, and nothing more
};
std::string_view to_string(Law law);

struct Finding {
  Law law;
  std::string words;
};

/// A write that IAM did.
struct Write {
  Verb verb = Verb::create;
  PolicyId id;
  std::optional<Observed> before;
  std::optional<Observed> after;  // none: it was deleted
};

struct Rules {
  std::size_t max_delete = 1;
  std::chrono::milliseconds window = std::chrono::hours(24);
  std::chrono::milliseconds used_within = {};  // 0: no such rule
  bool hold_unknown = false;
  bool may_adopt = false;
  bool hold_delegators = false;
  std::chrono::milliseconds grace = {};  // 0: no such rule
};

class Witness {
 public:
  explicit Witness(const Rules& rules) : rules_(rules) {}

  // The events, in order.
  void owner_is(const std::string& owner) { owners_.insert(owner); }
  void considers(const Documents& documents) { considered_ = documents; }
  void applied(const Documents& documents, Timestamp now);
  /// A request happened; if IAM dates it too early, the daemon cannot know better.
  void used(std::size_t request, Timestamp at);
  void looks(const std::vector<Observed>& policies, Timestamp now);
  void approved(const Plan& shown, const std::string& hash, Timestamp now);
  /// From now on an approval may have a wrong date: it counts until done.
  void iam_was_wrong() { is_iam_wrong_ = true; }
  void state_was_lost();
  void state_was_kept() {
    writes_at_backup_ = writes_;
    were_first_deletes_approved_ = are_first_deletes_approved_;
  }
  void state_was_put_back();
  void did(const Write& write, Timestamp now);

  /// Judges the final state, after quiescence, against the last applied revision.
  void judge_the_end(const std::vector<Observed>& policies, Timestamp now);

  [[nodiscard]] std::size_t writes() const { return writes_; }
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }

 private:
  /// What the applied revisions said about a scope.
  struct Standing {
    std::optional<Document> document = {};
    std::optional<RoleBits> granted = {};  // none: nothing, or its end has come
    Timestamp since = {};                  // since when it grants exactly that
    Timestamp ends_since = {};             // since when it has this end
    std::optional<Timestamp> protected_until = {};
    bool was_protected_last = false;  // by the last document with this scope
  };
  struct Pass {
    Action action;
    std::string rail;
    Timestamp at;
    bool is_spent = false;
  };
  struct Own {
    Scope scope;              // of the daemon's last write
    Access wrote;             // the whole access
    std::size_t written = 0;  // number of the write
    std::string name;
    bool is_released = false;
    std::size_t epoch = 0;  // of the name, when a document of it last wanted this scope
  };

  void judge_loss(const Write& write, Timestamp now);
  void judge_use(const Write& write, Timestamp now);
  void judge_protection(const Write& write, Timestamp now);
  void judge_keys(const Write& write, Timestamp now);
  void judge_ownership(const Write& write, Timestamp now);
  void judge_markers(const Write& write);
  void judge_gain(const Write& write, Timestamp now);
  void remember(const Write& write);
  bool pass(const Write& write, std::string_view rail, Timestamp now);
  void spend(const Write& write);
  [[nodiscard]] bool is_announced_end(const Scope& scope, Timestamp now) const;
  [[nodiscard]] bool is_heir(const Write& write) const;
  [[nodiscard]] bool is_repair(const Write& write) const;
  [[nodiscard]] bool is_covered_since(const PolicyId& id, Timestamp since) const;
  [[nodiscard]] bool may_release(const Scope& scope) const;
  [[nodiscard]] bool is_ours(const std::string& description) const;
  [[nodiscard]] const Document* document_of(const Own& own, const Documents& documents) const;
  void judge_left(const Observed& policy, const Documents& documents);
  void judge_missing(const std::vector<Observed>& policies, const Documents& documents);
  void blame(Law law, std::string words) { findings_.push_back({law, std::move(words)}); }

  Rules rules_;
  std::set<std::string> owners_;
  Documents considered_;
  Documents applied_;
  std::map<std::string, Standing> standings_;  // by scope
  std::map<std::string, std::size_t> epochs_;  // by name: how often it was removed
  std::map<PolicyId, Timestamp> uses_;
  std::map<std::pair<PolicyId, PolicyId>, Timestamp> covered_since_;
  std::vector<Pass> passes_;
  std::vector<Timestamp> losses_;
  std::map<PolicyId, Own> own_;
  std::map<PolicyId, Access> permitted_;  // by each existing policy
  std::map<PolicyId, Scope> scopes_;
  std::set<std::string> used_scopes_;
  std::set<PolicyId> marked_;  // with our marker
  std::set<PolicyId> heirs_;   // replace a used policy that they covered
  bool are_first_deletes_approved_ = true;
  bool were_first_deletes_approved_ = true;  // when the backup was made
  bool was_state_lost_ = false;
  std::size_t writes_ = 0;
  std::size_t writes_at_backup_ = 0;
  bool is_state_old_ = false;
  bool is_iam_wrong_ = false;
  std::vector<Finding> findings_;
};

}  // namespace authzd::test
