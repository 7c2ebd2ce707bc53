// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The steps of one action: for each verb a class that says, after each reply, what to send next or
// how it ended. They know nothing of each other, of order or of concurrency. Every path ends: a
// write is sent at most twice, and a delete is looked at a bounded number of times.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/converge/judge.hpp"

#include <cstddef>
#include <utility>
#include <variant>

namespace authzd::converge_detail {

/// The next request of an action, or its end.
using Turn = std::variant<Command, Outcome>;

/// What the steps of every verb share: the action, and what is known of its outcome so far.
class Steps {
 public:
  Steps(std::size_t index, Action action, Etag last_etag);

 protected:
  [[nodiscard]] Command command(Command::Kind kind) const;
  [[nodiscard]] Command read(const PolicyId& id) const;
  [[nodiscard]] Outcome end(OutcomeKind kind, std::optional<Error> error = std::nullopt) const;

  /// The end of an action that was stopped: skipped, unless a write of it may have been done.
  [[nodiscard]] Outcome stopped() const;

  /// The end of an action whose read before the write has failed, or was left because of a stop.
  [[nodiscard]] Outcome unread(const Reply& reply) const;

  /// The same of a write that IAM did not do, or that was not sent because of a stop.
  [[nodiscard]] Outcome unwritten(const Reply& reply) const;

  /// Takes note of what the reply showed: the policy, and its ETag where there is a usable one.
  void note(const Reply& reply);

  /// The same of a write's reply; returns true where it was lost.
  bool note_write(const Reply& reply, Command::Kind kind);

  Action action_;
  Etag etag_;                  // the last one that may stand in If-Match; empty: none so far
  int writes_ = 0;             // begun, of the verb's own kind
  bool wrote_ = false;         // one of them was done, or may have been
  std::optional<Error> lost_;  // of the last write whose reply was lost
  std::optional<Versioned> stored_;

 private:
  std::size_t index_;
  std::string transaction_id_;
};

class CreateSteps : public Steps {
 public:
  using Steps::Steps;
  [[nodiscard]] Turn begin();
  [[nodiscard]] Turn next(const Reply& reply, bool is_stopping);

 private:
  enum class State { posting, reading_rival, finding_rival, finding_own };

  Turn post();
  Turn find(State state);
  Turn on_posted(const Reply& reply);
  Turn on_rival(const Reply& reply, bool is_stopping);
  Turn on_found(const Reply& reply, bool is_stopping);

  State state_ = State::posting;
  std::optional<Error> conflict_;  // the 409 that is being looked into
  int looks_ = 0;                  // reads begun of the policy that it names
};

/// A create that carries an id: a deleted policy is brought back with the id that it had; where IAM
/// cannot do that, it is made again.
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
  Turn on_restored(const Reply& reply, bool is_stopping);
  Turn on_settled(const Reply& reply, bool is_stopping);

  State state_ = State::reading;
  int restores_ = 0;  // begun
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
  PolicyLayout layout_;           // of the read before the write
  std::optional<Error> refusal_;  // of a second PUT: the first one may be why
};

class RemoveSteps : public Steps {
 public:
  /// `is_fresh`: the policy may be unknown to the replica that answers; a 404 does not show it
  /// gone.
  RemoveSteps(std::size_t index, Action action, Etag last_etag, bool is_fresh)
      : Steps(index, std::move(action), std::move(last_etag)), is_fresh_(is_fresh) {}

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

  bool is_fresh_;
  State state_ = State::reading;
  std::size_t first_looks_ = 0;  // reads begun before the DELETE
  std::size_t looks_ = 0;        // confirming reads begun
  int restores_ = 0;             // begun
  std::optional<Error> gap_;     // the change that slipped in before the DELETE
};

}  // namespace authzd::converge_detail
