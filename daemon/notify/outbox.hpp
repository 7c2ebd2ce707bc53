// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Messages to one HTTP server, in their order, each retried for some time and then dropped, which
// is logged. Queueing never blocks, and the queue is bounded: a server that is down costs nothing
// but its own messages. No URL and no answer of the server is logged.
#pragma once

#include "daemon/log.hpp"
#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/http.hpp"
#include "daemon/net/proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace authzd {

/// One attempt, ready to be sent.
struct Outgoing {
  Origin origin;
  std::string ca_file;  // empty: the system's CAs
  std::string ca_key;   // the configuration key for it
  HttpRequest request;
};

struct OutboxMessage {
  std::string kind;     // for the log
  std::string account;  // the same: its name
  /// Called for each attempt, so that it may read secrets again. Its errors are permanent unless
  /// they are transient ones.
  std::function<Result<Outgoing>(Timestamp now)> prepare;
  /// Which answers besides 2xx are a success; null: none.
  bool (*is_accepted)(const HttpResponse& response) = nullptr;
};

/// The references of a sender: all must outlive it.
struct NotifierSeams {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Randomness& randomness;
  Log log;
};

class Outbox {
 public:
  /// `noun`: what it sends, "a notice". `place`: its name in the log. `seams` and `losses`, which
  /// counts what was dropped, must outlive it.
  Outbox(const NotifierSeams& seams,
         std::size_t& losses,
         std::string noun,
         std::string place,
         ProxySettings proxies);

  /// Returns at once. When 100 messages wait, the oldest is dropped, and that is logged.
  void queue(OutboxMessage message);

  /// Takes the messages of one that is being stopped.
  void take_over(Outbox& old);

  [[nodiscard]] bool is_idle() const { return queue_.empty(); }
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

  /// Waits until the queue was filled, or became empty.
  boost::asio::awaitable<void> change();

  /// Sends until it is cancelled; keeps `self` until then.
  static boost::asio::awaitable<void> run(std::shared_ptr<Outbox> self);

 private:
  struct Waiting {
    OutboxMessage message;
    std::uint64_t number = 0;
  };

  Async<void> deliver_contained(const Waiting& next);  // coroutine-ref: the awaiter's
  Async<void> deliver(const Waiting& next);            // coroutine-ref: the awaiter's
  Async<void> send(const Waiting& next);               // coroutine-ref: the awaiter's
  void leave(const Waiting& done);
  void lose(const std::string& how, const OutboxMessage& message, const std::string& error);

  const NotifierSeams& seams_;
  std::size_t& losses_;
  std::string noun_;
  std::string place_;
  ProxySettings proxies_;
  std::deque<Waiting> queue_;
  std::uint64_t last_number_ = 0;
  boost::asio::steady_timer changed_;  // never fires; cancelling it wakes those who wait for a
                                       // change
};

}  // namespace authzd
