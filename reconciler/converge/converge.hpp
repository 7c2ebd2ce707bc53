// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The converge state machine: performs a plan without ever touching a socket. The driver tells it
// what happened and does what it says; every decision about a write is here (design §6).
//
// Order: creates, updates, deletes; within one verb up to `concurrency` at a time. Each write is
// judged alone, and one that fails never blocks the others.
//
// A delete is looked for a few times at growing delays; a lost reply lets a write be sent once
// more.
//
//   create  POST ─► done
//             └─ 409 ─► ours and equal, as it shows: done
//             └─ 409 ─► GET conflicts_with ─► ours and equal: done │ else: refused
//                 └─ 404: a replica lags ─► GET once more
//             └─ lost ─► find by key ─► there and equal: done │ absent: POST once more │ else:
//             refused
//   create  with an id: GET ─► deleted, as wanted ─► PATCH If-Match ─► done   └─ lost ─► GET
//             ├─ there and equal: done      └─ IAM cannot: POST, as above
//             └─ gone, or no ETag: POST, as above
//   update  GET ─► as planned? ─► PUT If-Match ─► done
//             │       └─ no: refused      └─ 400/409/412: refused   └─ lost ─► GET ─► equal: done │
//             … └─ no ETag: the last one given, else NoEtag
//   delete  GET ─► as planned? ─► DELETE ─► GET ─► gone or deleted, as planned: done
//             └─ gone: done                   └─ deleted, but changed in the gap: restore, report
//             Of a fresh policy a 404 is no proof: it is looked at again, or stays unconfirmed.
#pragma once

#include "reconciler/plan/plan.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace authzd {

/// One request that the driver is to make for the action of that index in Plan::actions.
struct Command {
  enum class Kind { create, read, replace, remove, restore, find };

  std::size_t action = 0;
  Kind kind = Kind::read;
  PolicyId id;                         // read, replace, remove, restore
  PolicyContent content;               // create, replace
  Etag etag;                           // replace, restore
  PolicyLayout layout;                 // replace: how IAM writes it now
  Key key;                             // find: look for it in a fresh list
  std::chrono::milliseconds delay{0};  // to wait before it is sent; only reads and finds have one
  bool settles_write = false;          // a read or find: a write of this action may have been done
  bool repairs = false;  // brings back what our own delete took with it: to be sent in spite of all
};

/// True for the kinds that may change IAM.
bool is_write(Command::Kind kind);

/// How a command ended. `found` is what a read, a find or a write's reply showed.
struct Reply {
  std::size_t action = 0;
  std::optional<Error> error;      // none: it went well
  std::optional<Versioned> found;  // a find that found nothing has neither
  std::string transaction_id;
  bool was_there = false;  // of a create: IAM has just this policy, and `found` is it
};

enum class OutcomeKind {
  done,         // IAM holds what the action wanted, and a reply or a read showed it
  refused,      // the world moved, or IAM said 400/409/412: plan again, once a cycle
  failed,       // IAM or the way to it said no; tried again in a later cycle
  no_etag,      // no read gave an ETag: not written
  unconfirmed,  // a delete was sent, and no read has shown it gone yet
  unknown,      // the reply to another write was lost, and no read has shown whether it was done
  restored,     // a delete met a change made in the gap; the policy was brought back
  skipped,      // stopped before it was begun
};

/// Stable CamelCase word: "Done", "NoEtag", …
std::string_view to_string(OutcomeKind kind);

struct Outcome {
  std::size_t action = 0;  // index in Plan::actions
  OutcomeKind kind = OutcomeKind::skipped;
  bool wrote = false;               // a write was sent that IAM did, or may have done
  std::optional<Error> error;       // why, where it is not `done`
  std::optional<Versioned> stored;  // what IAM held at the end, as far as seen
  std::string transaction_id;       // of the write
};

/// Nobody knows yet whether IAM did it; a later read tells.
[[nodiscard]] bool is_unknown(const Outcome& outcome);

/// Performs the actions of a plan that carry no hold. Total: it ends after a bounded number of
/// replies, whatever they say; a reply that nobody waits for is ignored.
class Converger {
 public:
  /// `last_etags`: the last ETag that IAM gave for an id, for a read that comes without one.
  /// `fresh_since`, by IAM's clock: a policy last changed then or later may be unknown to the
  /// replica that answers (iam-api §6), so that a 404 does not show it gone.
  Converger(const Plan& plan,
            std::size_t concurrency,
            std::map<PolicyId, Etag> last_etags,
            Timestamp fresh_since = Timestamp::max());
  Converger(Converger&&) noexcept;
  Converger& operator=(Converger&&) noexcept;
  ~Converger();

  /// What to send first.
  [[nodiscard]] std::vector<Command> start();

  /// What to send next, now that a command has ended. Every command must be answered, once.
  [[nodiscard]] std::vector<Command> next(Reply reply);

  /// Begins nothing more. Commands under way still end, and a write that was sent is still
  /// confirmed where its verb needs it; `next` returns only such reads, and repairs, from here on.
  void cancel();

  [[nodiscard]] bool is_finished() const;

  /// One for each action without a hold, by action index. Complete once finished.
  [[nodiscard]] std::vector<Outcome> outcomes() const;

  /// The outcomes that were reached since the last call, in the order in which they were reached.
  [[nodiscard]] std::vector<Outcome> take_new_outcomes();

 private:
  struct Running;  // the steps of one action

  std::vector<Command> fill();
  void finish(Outcome outcome);

  std::vector<Action> actions_;
  std::map<PolicyId, Etag> last_etags_;
  std::size_t concurrency_;
  Timestamp fresh_since_;
  std::deque<std::size_t> waiting_;  // not begun; creates, updates, deletes
  std::map<std::size_t, std::unique_ptr<Running>> running_;
  std::map<std::size_t, Outcome> outcomes_;
  std::vector<std::size_t> new_outcomes_;
  bool is_stopping_ = false;
};

}  // namespace authzd
