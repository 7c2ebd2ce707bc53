// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The steps of one action: a class per verb that returns, after each reply, the next command or the
// outcome. They are independent of each other, of order and of concurrency. Every path ends: a
// write is sent at most twice, and the reads after a delete are bounded.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/converge/judge.hpp"

#include <cstddef>
#include <set>
#include <utility>
#include <variant>

namespace authzd::converge_detail {

/// The next request of an action, or its outcome.
using Turn = std::variant<Command, Outcome>;

/// The common part of all verbs: the action, and what is known of its outcome so far.
class Steps {
 public:
  Steps(std::size_t index, Action action, Etag last_etag);

 protected:
  [[nodiscard]] Command command(Command::Kind kind) const;
  [[nodiscard]] Command read(const PolicyId& id) const;
  [[nodiscard]] Outcome end(OutcomeKind kind, std::optional<Error> error = std::nullopt) const;

  /// The outcome of a stopped action: skipped, unless a write may have been done.
  [[nodiscard]] Outcome stopped() const;

  /// The outcome of an action whose read before the write failed, or was skipped because of a stop.
  [[nodiscard]] Outcome unread(const Reply& reply) const;

  /// The same for a write that was not sent, because of a stop or for want of a connection.
  [[nodiscard]] Outcome unwritten(const Reply& reply) const;

  /// The same for a write that was denied, and that a read has shown not to be done.
  [[nodiscard]] Outcome denied() const;

  /// The outcome of a write of which no read shows whether it was done.
  [[nodiscard]] Outcome unseen();

  /// Records what the reply showed: the policy, and its ETag if usable.
  void note(const Reply& reply);

  /// The same for a write's reply; returns true if it was lost.
  bool note_write(const Reply& reply, Command::Kind kind);

  Action action_;
  Etag etag_;                    // the last one that is valid in If-Match; empty: none so far
  int writes_ = 0;               // started, of the verb's own kind
  bool wrote_ = false;           // one of them was done, or may have been
  std::optional<Error> lost_;    // of the last write whose reply was lost
  std::optional<Error> denial_;  // the answer to the last write, until a read confirms it
  std::optional<Versioned> stored_;

 private:
  std::size_t index_;
  std::string transaction_id_;
};

class CreateSteps : public Steps {
 public:
  /// `identities`: ours. `listed`, `listed_at`: as in Converger.
  CreateSteps(std::size_t index,
              Action action,
              Etag last_etag,
              std::set<IamId> identities,
              const SharedPolicies* listed,
              Timestamp listed_at)
      : Steps(index, std::move(action), std::move(last_etag)),
        identities_(std::move(identities)),
        listed_(listed),
        listed_at_(listed_at) {}

  [[nodiscard]] Turn begin();
  [[nodiscard]] Turn next(const Reply& reply, bool is_stopping);

 private:
  enum class State { posting, reading_rival, finding_rival, finding_own };

  Turn post();
  Turn find(State state);
  Turn on_posted(const Reply& reply);
  Turn on_rival(const Reply& reply, bool is_stopping);
  Turn on_found(const Reply& reply, bool is_stopping);
  [[nodiscard]] Turn end_at(const Observed& rival);
  [[nodiscard]] bool was_listed(const Reply& reply) const;
  [[nodiscard]] bool may_be_made_now(const Observed& policy) const;

  std::set<IamId> identities_;
  const SharedPolicies* listed_;
  Timestamp listed_at_;
  State state_ = State::posting;
  std::optional<Error> conflict_;  // the 409 that is being examined
  int looks_ = 0;                  // reads started of the policy that it names
};

/// A create with an id: restores a deleted policy with its old id, or recreates it if IAM cannot
/// restore it.
class RestoreSteps : public CreateSteps {
 public:
  using CreateSteps::CreateSteps;
  [[nodiscard]] Turn begin();
  [[nodiscard]] Turn next(const Reply& reply, bool is_stopping);

 private:
  enum class State { reading, restoring, settling, making_anew };

  Turn restore();
  Turn make_anew(bool is_stopping);
  Turn on_read(const Reply& reply, bool is_stopping);
  Turn on_restored(const Reply& reply);
  Turn on_settled(const Reply& reply, bool is_stopping);
  Turn on_denied(bool is_stopping);

  State state_ = State::reading;
  int restores_ = 0;  // started
};

class UpdateSteps : public Steps {
 public:
  using Steps::Steps;
  [[nodiscard]] Turn begin();
  [[nodiscard]] Turn next(const Reply& reply, bool is_stopping);

 private:
  enum class State { reading, putting, settling };

  Turn put();
  Turn settle();
  Turn on_read(const Reply& reply, bool is_stopping);
  Turn on_put(const Reply& reply);
  Turn on_settled(const Reply& reply, bool is_stopping);

  State state_ = State::reading;
  PolicyLayout layout_;  // of the read before the write
};

class RemoveSteps : public Steps {
 public:
  /// `is_fresh`: the replica that answers may not know the policy; a 404 does not prove that it is
  /// gone.
  /// `identities`: ours. `listed`: as in Converger.
  RemoveSteps(std::size_t index,
              Action action,
              Etag last_etag,
              bool is_fresh,
              std::set<IamId> identities,
              const SharedPolicies* listed)
      : Steps(index, std::move(action), std::move(last_etag)),
        is_fresh_(is_fresh),
        identities_(std::move(identities)),
        listed_(listed) {}

  [[nodiscard]] Turn begin();
  [[nodiscard]] Turn next(const Reply& reply, bool is_stopping);

 private:
  enum class State { reading, removing, confirming, restoring, settling };

  Turn look_first();
  Turn remove();
  Turn confirm();
  Turn restore(const Observed& changed);
  Turn on_read(const Reply& reply, bool is_stopping);
  Turn on_removed(const Reply& reply);
  Turn on_confirmed(const Reply& reply, bool is_stopping);
  Turn on_gone(const Reply& reply);
  Turn on_restored(const Reply& reply);
  Turn on_settled(const Reply& reply);
  [[nodiscard]] bool is_proof(Sight sight) const;
  [[nodiscard]] bool is_deleted_by_others(const Reply& reply) const;

  bool is_fresh_;
  std::set<IamId> identities_;
  const SharedPolicies* listed_;
  State state_ = State::reading;
  std::size_t first_looks_ = 0;  // reads started before the DELETE
  std::size_t looks_ = 0;        // confirming reads started
  int restores_ = 0;             // started
  std::optional<Error> gap_;     // the change that came just before the DELETE
};

}  // namespace authzd::converge_detail
