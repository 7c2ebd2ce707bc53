// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/progress_teller.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/report/text_table.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <string>
#include <utility>

namespace authzd {
namespace {

using Ticks = std::chrono::steady_clock::time_point;
using namespace std::chrono_literals;

constexpr auto kPatience = 1s;  // before the first line
constexpr auto kInterval = 250ms;

struct OperationWords {
  std::string_view operation;  // as ApiCalls names it
  std::string_view words;
};
constexpr std::array kOperationWords{
    OperationWords{"token", "a token from IAM"},
    OperationWords{"list_policies", "IAM to list the policies"},
    OperationWords{"read_policy", "IAM to show a policy"},
    OperationWords{"create_policy", "IAM to create a policy"},
    OperationWords{"replace_policy", "IAM to update a policy"},
    OperationWords{"delete_policy", "IAM to delete a policy"},
    OperationWords{"restore_policy", "IAM to restore a policy"},
    OperationWords{"list_roles", "IAM to name roles"},
    OperationWords{"list_instances", "Resource Controller to name instances"},
};

std::string words_of(std::string_view operation) {
  for (const OperationWords& each : kOperationWords) {
    if (each.operation == operation) return std::string(each.words);
  }
  return "a reply";
}

std::string duration_text(Ticks from, Ticks to) {
  return short_duration(std::chrono::duration_cast<std::chrono::seconds>(to - from).count());
}

}  // namespace

struct ProgressTeller::State {
  /// What was seen of an account, to tell how long it has been so.
  struct Seen {
    std::uint64_t call = 0;  // the oldest that waits for a reply
    Ticks call_since;
    std::size_t writes = 0;  // of how many
    Ticks writes_since;
  };

  State(Console& the_console, Clock& the_clock, Accounts the_accounts)
      : console(&the_console), clock(the_clock), accounts(std::move(the_accounts)) {}

  std::string line() {
    std::string text;
    std::size_t busy = 0;
    for (const auto& account : accounts) {
      std::string one = line_of(*account);
      if (!one.empty() && busy++ == 0) text = std::move(one);
    }
    if (busy > 1) text += " (and " + count_of(busy - 1, "more account", "more accounts") + ")";
    return text.empty() ? "working" : text;
  }

  std::string line_of(AccountRuntime& account) {
    const Ticks now = clock.ticks();
    Seen& before = seen[&account];
    std::string text = writes_text(account.writes(), before, now);
    const auto calls = account.calls();
    if (calls && !calls->waiting().empty()) {
      const auto& [number, operation] = *calls->waiting().begin();
      if (std::exchange(before.call, number) != number) before.call_since = now;
      text += (text.empty() ? "waiting for " : "; waiting for ") + words_of(operation);
      if (now - before.call_since >= kPatience) {
        text += ", for " + duration_text(before.call_since, now);
      }
    }
    return text.empty() ? text : printable(account.spec().name) + ": " + text;
  }

  /// "120 of 300 changes, about 9s left".
  static std::string writes_text(const WriteProgress& writes, Seen& before, Ticks now) {
    if (writes.done >= writes.total) return {};
    if (std::exchange(before.writes, writes.total) != writes.total) before.writes_since = now;
    std::string text =
        std::to_string(writes.done) + " of " + count_of(writes.total, "change", "changes");
    const auto taken = std::chrono::duration_cast<std::chrono::seconds>(now - before.writes_since);
    if (writes.done > 0 && taken.count() > 0) {
      const auto left = static_cast<long long>(writes.total - writes.done) * taken.count() /
                        static_cast<long long>(writes.done);
      text += ", about " + short_duration(left) + " left";
    }
    return text;
  }

  Console* console;  // null: it has ended
  Clock& clock;
  Accounts accounts;
  std::map<const AccountRuntime*, Seen> seen;
  boost::asio::cancellation_signal end;
};

namespace {

template <class State>
boost::asio::awaitable<void> tell(std::shared_ptr<State> state) {
  co_await state->clock.sleep(kPatience);
  while (state->console != nullptr) {
    state->console->show_progress(state->line());
    co_await state->clock.sleep(kInterval);
  }
}

}  // namespace

ProgressTeller::ProgressTeller(const boost::asio::any_io_executor& executor,
                               Console& console,
                               Clock& clock,
                               Accounts accounts) {
  if (!console.shows_progress) return;
  state_ = std::make_shared<State>(console, clock, std::move(accounts));
  boost::asio::co_spawn(
      executor,
      tell(state_),
      boost::asio::bind_cancellation_slot(state_->end.slot(), [](const std::exception_ptr&) {
        // Its end, or a fault in it, does not concern the command whose progress it shows.
      }));
}

ProgressTeller::~ProgressTeller() {
  if (state_ == nullptr) return;
  std::exchange(state_->console, nullptr)->show_progress({});
  state_->end.emit(boost::asio::cancellation_type::terminal);
}

}  // namespace authzd
