// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Judges each write that IAM did for the daemon by the law of design §6. It knows what IAM truly
// held before and after, what was committed and applied, what a person was shown and approved, and
// the true time; it asks nothing of the code that it judges.
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
  first_deletes,  // a new or lost state deletes nothing that nobody approved
  old_state,      // nor does one that is older than the world
  use,            // what was used recently keeps its policy, or was covered for as long
  unknown_use,    // the same where nothing is known of its use
  protection,     // what was protected stays as it is for a day after that ended
  ownership,      // nothing of others is touched
  capture,        // a document lets go of its own policies alone, and for good
  breadth,        // nothing reaches what no manifest names, unless approved
  grace,          // access to keys is shown as ending before it ends
  delegators,     // nothing that delegates goes, unless approved
  revocation,     // what no manifest wants any more goes, once people let it
  repair,         // what manifests want is there, and no more than that
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

  // What happens, in the order in which it does.
  void owner_is(const std::string& owner) { owners_.insert(owner); }
  void considers(const Documents& documents) { considered_ = documents; }
  void applied(const Documents& documents, Timestamp now);
  /// A request came; where IAM dates it too early, nobody can know better.
  void used(std::size_t request, Timestamp at);
  void looks(const std::vector<Observed>& policies, Timestamp now);
  void approved(const Plan& shown, const std::string& hash, Timestamp now);
  /// From here on an approval may have been dated by a time that was not: it counts until done.
  void iam_was_wrong() { is_iam_wrong_ = true; }
  void state_was_lost();
  void state_was_kept() {
    writes_at_backup_ = writes_;
    were_first_deletes_approved_ = are_first_deletes_approved_;
  }
  void state_was_put_back();
  void did(const Write& write, Timestamp now);

  /// What is left once all has come to rest, against the revision that was applied last.
  void judge_the_end(const std::vector<Observed>& policies, Timestamp now);

  [[nodiscard]] std::size_t writes() const { return writes_; }
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }

 private:
  /// What the applied revisions said of a scope.
  struct Standing {
    std::optional<Document> document = {};
    std::optional<RoleBits> granted = {};  // none: nothing, or its end has come
    Timestamp since = {};                  // it grants just that
    Timestamp ends_since = {};             // it names this end
    std::optional<Timestamp> protected_until = {};
    bool was_protected_last = false;  // when a document spoke of it last
  };
  struct Pass {
    Action action;
    std::string rail;
    Timestamp at;
    bool is_spent = false;
  };
  struct Own {
    Scope scope;              // that the daemon last wrote
    Access wrote;             // all of it
    std::size_t written = 0;  // as which of its writes
    std::string name;
    bool is_released = false;
    std::size_t epoch = 0;  // of the name, when a document of it wanted this scope last
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
  std::map<std::string, std::size_t> epochs_;  // of names: how often each went away
  std::map<PolicyId, Timestamp> uses_;
  std::map<std::pair<PolicyId, PolicyId>, Timestamp> covered_since_;
  std::vector<Pass> passes_;
  std::vector<Timestamp> losses_;
  std::map<PolicyId, Own> own_;
  std::map<PolicyId, Access> permitted_;  // by each policy that there is
  std::map<PolicyId, Scope> scopes_;
  std::set<std::string> used_scopes_;
  std::set<PolicyId> marked_;  // with a marker of ours
  std::set<PolicyId> heirs_;   // stand for one that was used, and that they covered
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
