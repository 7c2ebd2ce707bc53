// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/converge_driver.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace authzd {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Replies = asio::experimental::channel<void(error_code, Reply)>;

Reply reply_to(const Command& command) {
  Reply reply;
  reply.action = command.action;
  return reply;
}

template <class T>
bool take_error(Result<T>& result, Reply& reply) {
  if (result) return false;
  reply.error = std::move(result).error();
  return true;
}

void take_written(Result<Written> written, Reply& reply) {
  if (take_error(written, reply)) return;
  reply.found = std::move(written->stored);
  reply.transaction_id = std::move(written->transaction_id);
}

/// What the commands under way share. It lives in the frame of run_all, which joins them all.
class Desk {
 public:
  Desk(const Plan& plan, ConvergeTools tools, Replies& replies)
      : plan_(plan), tools_(tools), replies_(replies) {}

  /// Runs each command on its own; it ends in a reply on the channel.
  void send(asio::any_io_executor executor, std::vector<Command> commands) {
    for (Command& command : commands) {
      const Ending ending{this, command.action};
      ++under_way_;
      asio::co_spawn(executor, perform(std::move(command)), ending);
    }
  }

  [[nodiscard]] bool is_busy() const { return under_way_ > 0; }
  void joined_one() { --under_way_; }

  void tell(const std::vector<Outcome>& outcomes) {
    for (const Outcome& outcome : outcomes) {
      try {
        tools_.observer.after(outcome);
      } catch (...) {
        bug_ = std::current_exception();
      }
    }
  }

  /// What a command or the observer threw: a bug. The convergence stops, and passes it on at its
  /// end.
  [[nodiscard]] const std::exception_ptr& bug() const { return bug_; }

 private:
  /// The completion handler of a command.
  struct Ending {
    Desk* desk;
    std::size_t action;

    void operator()(const std::exception_ptr& thrown, Reply reply) const {
      if (thrown) {
        desk->bug_ = thrown;
        reply.action = action;
        reply.error = Error{ErrorCode::internal, "a request ended in an exception"};
        reply.error->detail.may_have_happened = true;
      }
      // The channel has room for every command that can be under way.
      desk->replies_.try_send(error_code{}, std::move(reply));
    }
  };

  asio::awaitable<Reply> perform(Command command) {
    if (command.delay.count() > 0) co_await tools_.clock.sleep(command.delay);
    Reply reply = reply_to(command);
    if (is_write(command.kind)) {
      auto recorded = tools_.observer.before_write(command.action, command);
      if (take_error(recorded, reply)) co_return reply;
    }
    switch (command.kind) {
      case Command::Kind::read: co_return co_await read(std::move(command));
      case Command::Kind::find: co_return co_await find(std::move(command));
      case Command::Kind::remove: co_return co_await remove(std::move(command));
      case Command::Kind::create: {
        auto written = co_await tools_.writer.create(std::move(command.content));
        take_written(std::move(written), reply);
        break;
      }
      case Command::Kind::replace: {
        auto written = co_await tools_.writer.replace(
            std::move(command.id), std::move(command.content), std::move(command.etag));
        take_written(std::move(written), reply);
        break;
      }
      case Command::Kind::restore: {
        auto written =
            co_await tools_.writer.restore(std::move(command.id), std::move(command.etag));
        take_written(std::move(written), reply);
        break;
      }
    }
    co_return reply;
  }

  asio::awaitable<Reply> read(Command command) {
    Reply reply = reply_to(command);
    auto policy = co_await tools_.reader.get(std::move(command.id));
    if (!take_error(policy, reply)) reply.found = std::move(*policy);
    co_return reply;
  }

  asio::awaitable<Reply> find(Command command) {
    Reply reply = reply_to(command);
    auto listing = co_await tools_.reader.list();
    if (take_error(listing, reply)) co_return reply;
    const auto has_key = [&](const Observed& policy) {
      return key_of(plan_.account, policy.content) == command.key;
    };
    const auto found = std::ranges::find_if(listing->policies, has_key);
    if (found != listing->policies.end()) reply.found = Versioned{std::move(*found), Etag{}};
    co_return reply;
  }

  asio::awaitable<Reply> remove(Command command) {
    Reply reply = reply_to(command);
    auto transaction = co_await tools_.writer.remove(std::move(command.id));
    if (!take_error(transaction, reply)) reply.transaction_id = std::move(*transaction);
    co_return reply;
  }

  const Plan& plan_;
  ConvergeTools tools_;
  Replies& replies_;
  std::size_t under_way_ = 0;
  std::exception_ptr bug_;
};

/// Runs without a cancellation slot, so that it always joins its commands; `caller` is asked
/// instead. `plan` outlives the call: it belongs to whoever awaits converge().
Async<std::vector<Outcome>> run_all(const Plan& plan,
                                    ConvergeTools tools,
                                    std::size_t concurrency,
                                    std::map<PolicyId, Etag> last_etags,
                                    asio::cancellation_state caller) {
  const auto executor = co_await asio::this_coro::executor;
  Converger converger(plan, concurrency, std::move(last_etags), tools.fresh_since);
  Replies replies(executor, std::max<std::size_t>(concurrency, 1));
  Desk desk(plan, tools, replies);
  const auto stop_if_asked = [&] {
    const bool is_cancelled = caller.cancelled() != asio::cancellation_type::none;
    if (is_cancelled || tools.stop.is_requested() || desk.bug()) converger.cancel();
  };

  stop_if_asked();
  desk.send(executor, converger.start());
  desk.tell(converger.take_new_outcomes());
  while (desk.is_busy()) {
    auto [error, reply] = co_await replies.async_receive(kTuple);
    desk.joined_one();
    stop_if_asked();
    desk.send(executor, converger.next(std::move(reply)));
    desk.tell(converger.take_new_outcomes());
  }
  if (desk.bug()) std::rethrow_exception(desk.bug());
  co_return converger.outcomes();
}

}  // namespace

Async<std::vector<Outcome>> converge(const Plan& plan,
                                     ConvergeTools tools,
                                     std::size_t concurrency,
                                     std::map<PolicyId, Etag> last_etags) {
  const auto executor = co_await asio::this_coro::executor;
  const auto caller = co_await asio::this_coro::cancellation_state;
  auto shielded = asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable);
  auto all = run_all(plan, tools, concurrency, std::move(last_etags), caller);
  co_return co_await asio::co_spawn(executor, std::move(all), std::move(shielded));
}

}  // namespace authzd
