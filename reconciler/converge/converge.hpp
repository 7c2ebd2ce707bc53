// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The converge state machine: performs a plan without touching a socket. The driver reports replies
// and sends what the machine returns. Every decision about a write is here (design §6).
//
// Order: creates, updates, deletes; within one verb up to `concurrency` at a time. Each write is
// judged alone, and a failed write never blocks the others.
//
// A delete is confirmed by a few reads with growing delays. After a lost reply a write may be sent
// once more.
//
//   create  POST ─► done
//             └─ 409 ─► the reply shows ours and equal: done; made since the list: perhaps by this
//             └─ 409 ─► GET conflicts_with ─► ours and equal: done │ else: refused
//                 └─ 404: a replica lags ─► GET once more
//             └─ lost ─► find by key ─► ours and equal: done │ absent: POST once more
//                 └─ else: refused
//   create  with an id: GET ─► deleted, as wanted ─► PATCH If-Match ─► done   └─ lost ─► GET
//             ├─ exists and equal: done     └─ IAM cannot: POST, as above
//             └─ gone, or no ETag: POST, as above
//   update  GET ─► as planned? ─► PUT If-Match ─► done
//             │       └─ no: refused      └─ denied ─► GET ─► equal: done │ else: refused, failed
//             │                           └─ lost ─► GET ─► equal: done │ …
//             └─ no ETag: the last one given, else NoEtag
//   delete  GET ─► as planned? ─► DELETE ─► GET ─► gone or deleted, as planned: done
//             └─ gone: done; if listed:       └─ deleted, but changed in the gap: restore, report
//                refused, list again          └─ denied, and there: refused, failed
//             A 404 for a fresh policy is no proof: read again, or stay unconfirmed.
//
// An answer that denies a write proves nothing: a proxy may have sent it twice. A read decides.
#pragma once

#include "reconciler/model/shared_policies.hpp"
#include "reconciler/plan/plan.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace authzd {

/// One request that the driver must send for the action with that index in Plan::actions.
struct Command {
  enum class Kind { create, read, replace, remove, restore, find };

  std::size_t action = 0;
  Kind kind = Kind::read;
  PolicyId id;                         // read, replace, remove, restore
  PolicyContent content;               // create, replace
  Etag etag;                           // replace, restore
  PolicyLayout layout;                 // replace: its current layout in IAM
  Key key;                             // find: search for it in a fresh list
  std::chrono::milliseconds delay{0};  // to wait before sending; only reads and finds have one
  bool settles_write = false;          // a read or find: a write of this action may have been done
  bool repairs = false;  // restores what our own delete removed by accident: send it even when
                         // stopping
};

/// Between the time of a policy's creation and IAM's Date, which has whole seconds: the clocks of
/// its servers differ a little.
inline constexpr std::chrono::seconds kClockTolerance{5};

/// True for the kinds that may change IAM.
bool is_write(Command::Kind kind);

/// The result of a command. `found` is the policy that a read, a find or a write's reply showed.
struct Reply {
  std::size_t action = 0;
  std::optional<Error> error;      // none: it succeeded
  std::optional<Versioned> found;  // a find without a result has neither
  std::string transaction_id;
  bool was_there = false;  // for a create: IAM already has exactly this policy, and `found` is it
};

enum class OutcomeKind {
  done,         // IAM has what the action wanted, as a reply or a read showed
  refused,      // the policy changed, or IAM answered 400/409/412: plan again, once a cycle
  failed,       // IAM or the network failed; retried in a later cycle
  no_etag,      // no read returned an ETag: not written
  unconfirmed,  // a delete was sent, and no read has confirmed it yet
  unknown,      // the reply to another write was lost, and no read has shown the result
  restored,     // a delete raced with a foreign change; the policy was restored
  skipped,      // stopped before it started
};

/// Stable CamelCase word: "Done", "NoEtag", …
std::string_view to_string(OutcomeKind kind);

struct Outcome {
  std::size_t action = 0;  // index in Plan::actions
  OutcomeKind kind = OutcomeKind::skipped;
  bool wrote = false;               // a write was sent that IAM did, or may have done
  std::optional<Error> error;       // the reason; if it is `done`: why perhaps not by this write
  std::optional<Versioned> stored;  // the policy in IAM at the end, as far as seen
  std::string transaction_id;       // of the write
};

/// Done, and by this write. If a write may have done it, it counts, but nobody says that it did.
[[nodiscard]] bool is_own_doing(const Outcome& outcome);

/// IAM answered with a refusal that says nothing of the policy: it was as it was planned with. Not
/// a 409 or 412, which say that it was not.
[[nodiscard]] bool is_refused_by_iam(const Outcome& outcome);

/// It is not known yet whether IAM did it; a later read will show.
[[nodiscard]] bool is_unknown(const Outcome& outcome);

/// Performs the actions of a plan without a hold. It always ends after a bounded number of replies,
/// whatever they contain; unexpected replies are ignored.
class Converger {
 public:
  /// `last_etags`: the last ETag that IAM returned for an id, used if a read has none.
  /// `fresh_since`, by IAM's clock: a replica may not know a policy that was changed at or after
  /// this time (iam-api §6), so a 404 does not prove that it is gone. `identities`: ours. A policy
  /// that was there before a create is ours only if one of them made it: anyone can write the same.
  /// `listed`: the policies that the plan is made from, sorted by id, which outlive this; null: not
  /// known. A reply to a create that has the id of one of them does not show what was created.
  /// `listed_at`, by IAM's clock: they are at least as old.
  Converger(const Plan& plan,
            std::size_t concurrency,
            std::map<PolicyId, Etag> last_etags,
            Timestamp fresh_since = Timestamp::max(),
            std::set<IamId> identities = {},
            const SharedPolicies* listed = nullptr,
            Timestamp listed_at = Timestamp::max());
  Converger(Converger&&) noexcept;
  Converger& operator=(Converger&&) noexcept;
  ~Converger();

  /// The first commands to send.
  [[nodiscard]] std::vector<Command> start();

  /// The commands to send after this reply. Every command must be answered exactly once.
  [[nodiscard]] std::vector<Command> next(Reply reply);

  /// Starts nothing more. Commands in flight still end, and a sent write is still confirmed if its
  /// verb needs that; from here on `next` returns only such reads, and repairs.
  void cancel();

  [[nodiscard]] bool is_finished() const;

  /// One per action without a hold, by action index. Complete once finished.
  [[nodiscard]] std::vector<Outcome> outcomes() const;

  /// The outcomes since the last call, in the order in which they were reached.
  [[nodiscard]] std::vector<Outcome> take_new_outcomes();

 private:
  struct Running;  // the steps of one action

  std::vector<Command> fill();
  void finish(Outcome outcome);

  std::vector<Action> actions_;
  std::map<PolicyId, Etag> last_etags_;
  std::size_t concurrency_;
  Timestamp fresh_since_;
  std::set<IamId> identities_;
  const SharedPolicies* listed_;
  Timestamp listed_at_;
  std::deque<std::size_t> waiting_;  // not started; creates, updates, deletes
  std::map<std::size_t, std::unique_ptr<Running>> running_;
  std::map<std::size_t, Outcome> outcomes_;
  std::vector<std::size_t> new_outcomes_;
  bool is_stopping_ = false;
};

}  // namespace authzd
