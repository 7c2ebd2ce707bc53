// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/converge_driver.hpp"

#include "daemon/net/deadline.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <stop_token>
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

/// The result of a write, as a reply to no action yet.
Result<Reply> reply_of(Result<Written> written) {
  if (!written) return std::move(written).error();
  Reply reply;
  reply.found = std::move(written->stored);
  reply.transaction_id = std::move(written->transaction_id);
  reply.was_there = written->was_there;
  return reply;
}

Async<std::optional<Versioned>> read_one(ConvergeTools tools, Command command) {
  if (command.delay.count() > 0) co_await tools.clock.sleep(command.delay);
  auto policy = co_await tools.reader.get(std::move(command.id));
  if (!policy) co_return std::move(policy).error();
  co_return std::optional(std::move(*policy));
}

Async<std::optional<Versioned>> find_one(ConvergeTools tools, AccountId account, Command command) {
  if (command.delay.count() > 0) co_await tools.clock.sleep(command.delay);
  auto listing = co_await tools.reader.list();
  if (!listing) co_return std::move(listing).error();
  const auto has_key = [&](const Observed& policy) {
    return key_of(account, policy.content) == command.key;
  };
  const auto found = std::ranges::find_if(listing->policies, has_key);
  if (found == listing->policies.end()) co_return std::optional<Versioned>();
  co_return std::optional(Versioned{*found, Etag{}});
}

/// What the running commands share. It lives in the frame of run_all, which joins them all.
class RunningCommands {
 public:
  RunningCommands(const AccountId& account, const ConvergeTools& tools, Replies& replies)
      : account_(account),
        tools_(tools),
        replies_(replies),
        on_stop_(tools.stop.token(), [this] { stopped_at_ = tools_.clock.ticks(); }) {}

  /// Runs each command on its own; it ends with a reply on the channel.
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

  /// What a command or the observer threw: a bug. The convergence stops, and rethrows it at its
  /// end.
  [[nodiscard]] const std::exception_ptr& bug() const { return bug_; }

 private:
  /// The completion handler of a command.
  struct Ending {
    RunningCommands* commands;
    std::size_t action;

    void operator()(const std::exception_ptr& thrown, Reply reply) const {
      if (thrown) {
        commands->bug_ = thrown;
        reply.action = action;
        reply.error = Error{ErrorCode::internal, "a request ended in an exception"};
        reply.error->detail.may_have_happened = true;
      }
      // The channel has room for every command that can be running.
      commands->replies_.try_send(error_code{}, std::move(reply));
    }
  };

  asio::awaitable<Reply> perform(Command command) {
    if (!is_write(command.kind)) co_return co_await look(std::move(command));
    Reply reply = reply_to(command);
    auto recorded = tools_.observer.before_write(command.action, command);
    if (take_error(recorded, reply)) co_return reply;
    const bool deletes = command.kind == Command::Kind::remove;
    auto sent = co_await send_unless_stopped(std::move(command));
    written_at_ = tools_.clock.ticks();
    if (take_error(sent, reply)) co_return reply;
    if (deletes) tools_.observer.delete_answered(reply.action);
    sent->action = reply.action;
    co_return std::move(*sent);
  }

  /// A write may wait long for a token or its turn: a stop ends it if it was not sent yet. A write
  /// that repairs the effect of our own write is not stopped.
  Async<Reply> send_unless_stopped(Command command) {
    const bool repairs = command.repairs;
    auto writing = write(std::move(command));
    if (repairs) co_return co_await std::move(writing);
    co_return co_await unless_stopped(tools_.stop.token(), std::move(writing));
  }

  Async<Reply> write(Command command) {
    switch (command.kind) {
      case Command::Kind::read:
      case Command::Kind::find: break;
      case Command::Kind::create:
        co_return reply_of(co_await tools_.writer.create(std::move(command.content)));
      case Command::Kind::replace:
        co_return reply_of(co_await tools_.writer.replace(std::move(command.id),
                                                          std::move(command.content),
                                                          std::move(command.etag),
                                                          std::move(command.layout)));
      case Command::Kind::restore:
        co_return reply_of(
            co_await tools_.writer.restore(std::move(command.id), std::move(command.etag)));
      case Command::Kind::remove: {
        auto transaction = co_await tools_.writer.remove(std::move(command.id));
        if (!transaction) co_return std::move(transaction).error();
        Reply reply;
        reply.transaction_id = std::move(*transaction);
        co_return reply;
      }
    }
    co_return Error{ErrorCode::internal, "a read was to be written"};
  }

  /// A slow read does not delay a stop.
  asio::awaitable<Reply> look(Command command) {
    Reply reply = reply_to(command);
    const bool settles = command.settles_write;
    const auto grace = settles ? settle_time() : std::chrono::milliseconds(0);
    auto looking = command.kind == Command::Kind::find
                       ? find_one(tools_, account_, std::move(command))
                       : read_one(tools_, std::move(command));
    auto found = co_await until_stopped(tools_.stop.token(), std::move(looking), grace);
    if (!take_error(found, reply)) reply.found = std::move(*found);
    if (settles && reply.error && reply.error->code == ErrorCode::cancelled) {
      reply.error->message = "stopped before a read had shown its outcome";
    }
    co_return reply;
  }

  /// What is left of the grace period: all reads that settle a write share it. It counts from the
  /// stop, or from the end of the last write that was running at the stop.
  [[nodiscard]] std::chrono::milliseconds settle_time() const {
    if (!tools_.stop.is_requested()) return tools_.settle_grace;
    const auto spent = tools_.clock.ticks() - std::max(stopped_at_, written_at_);
    const auto left = tools_.settle_grace - std::chrono::floor<std::chrono::milliseconds>(spent);
    return std::max(left, std::chrono::milliseconds(0));
  }

  const AccountId& account_;
  ConvergeTools tools_;
  Replies& replies_;
  std::size_t under_way_ = 0;
  std::exception_ptr bug_;
  std::chrono::steady_clock::time_point stopped_at_;
  std::chrono::steady_clock::time_point written_at_;  // when the last write ended
  std::stop_callback<std::function<void()>> on_stop_;
};

/// Requests a stop if the coroutine that made this is cancelled, for as long as this lives.
class StopOnCancel {
 public:
  /// `stop` must outlive this.
  StopOnCancel(asio::cancellation_slot slot, StopToken& stop) : slot_(slot) {
    if (!slot_.is_connected()) return;
    slot_.assign([&stop](asio::cancellation_type) { stop.request(); });
  }
  StopOnCancel(const StopOnCancel&) = delete;
  StopOnCancel& operator=(const StopOnCancel&) = delete;
  ~StopOnCancel() {
    if (slot_.is_connected()) slot_.clear();
  }

 private:
  asio::cancellation_slot slot_;
};

/// Runs without a cancellation slot, so that it always joins its commands. `plan` outlives the
/// call: it belongs to the caller of converge().
Async<std::vector<Outcome>> run_all(const Plan& plan,
                                    ConvergeTools tools,
                                    std::size_t concurrency,
                                    std::map<PolicyId, Etag> last_etags) {
  const auto executor = co_await asio::this_coro::executor;
  Converger converger(plan,
                      concurrency,
                      std::move(last_etags),
                      tools.fresh_since,
                      tools.identities,
                      tools.listed,
                      tools.listed_at);
  Replies replies(executor, std::max<std::size_t>(concurrency, 1));
  RunningCommands commands(plan.account, tools, replies);
  const auto stop_if_asked = [&] {
    if (tools.stop.is_requested() || commands.bug()) converger.cancel();
  };

  stop_if_asked();
  commands.send(executor, converger.start());
  commands.tell(converger.take_new_outcomes());
  while (commands.is_busy()) {
    auto [error, reply] = co_await replies.async_receive(kTuple);
    commands.joined_one();
    stop_if_asked();
    commands.send(executor, converger.next(std::move(reply)));
    commands.tell(converger.take_new_outcomes());
  }
  if (commands.bug()) std::rethrow_exception(commands.bug());
  co_return converger.outcomes();
}

}  // namespace

Async<std::vector<Outcome>> converge(const Plan& plan,
                                     ConvergeTools tools,
                                     std::size_t concurrency,
                                     std::map<PolicyId, Etag> last_etags) {
  const auto executor = co_await asio::this_coro::executor;
  const auto caller = co_await asio::this_coro::cancellation_state;
  StopToken ending;
  const std::stop_callback on_stop(tools.stop.token(), [&ending] { ending.request(); });
  const StopOnCancel on_cancel(caller.slot(), ending);
  const ConvergeTools inner{tools.reader,
                            tools.writer,
                            tools.clock,
                            tools.observer,
                            ending,
                            tools.fresh_since,
                            tools.settle_grace,
                            tools.identities,
                            tools.listed,
                            tools.listed_at};
  auto shielded = asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable);
  auto all = run_all(plan, inner, concurrency, std::move(last_etags));
  co_return co_await asio::co_spawn(executor, std::move(all), std::move(shielded));
}

}  // namespace authzd
