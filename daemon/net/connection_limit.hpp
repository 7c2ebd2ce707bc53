// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The connections of a server, and which of them is dropped when there is one too many. A client
// that is slow, or silent, or one of many from the same address, must not lock the others out: what
// costs it nothing costs it its place.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <stop_token>
#include <string>

namespace authzd {

class ConnectionLimit {
  struct Entry;
  struct State;
  using Entries = std::list<Entry>;

 public:
  /// A place in the limit; freed when this ends. It may outlive the limit.
  class Member {
   public:
    Member(std::shared_ptr<State> state, Entries::iterator entry);
    Member(Member&&) noexcept;
    Member& operator=(Member&&) = delete;
    ~Member();

    /// From now on it is the client's turn: to send a request, or to take the reply.
    void waits_for_client();

    /// From now on it is the server's turn, and the connection is not dropped.
    void works();

    /// Whether another connection waits for a place: then this one ends after its reply.
    [[nodiscard]] bool is_wanted() const;

    /// Stops when the connection is dropped.
    [[nodiscard]] std::stop_token dropped() const;

   private:
    std::shared_ptr<State> state_;
    Entries::iterator entry_;
  };

  ConnectionLimit();

  /// A connection from `address`; the client's turn has begun.
  Member join(std::string address);

  /// Among the connections on which it is the client's turn, takes the address that has the most,
  /// and drops the one whose client's turn is the longest. If there is none, the first connection
  /// that ends its reply makes room.
  void drop_one();

 private:
  std::shared_ptr<State> state_;
};

}  // namespace authzd
