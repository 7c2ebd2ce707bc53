// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notifier.hpp"

#include "daemon/net/deadline.hpp"
#include "daemon/notify/notify_request.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace authzd {
namespace {

OutboxMessage message_of(const NotifyTarget& target, const Notice& notice, std::string id) {
  const std::string account = notice.others.empty() ? notice.cycle.account_name : std::string();
  return {std::string(to_string(notice.kind)),
          account,
          [target, notice, id = std::move(id)](Timestamp now) {
            return prepare_notice(target, notice, id, now);
          }};
}

}  // namespace

Notifier::Notifier(NotifierSeams seams)
    : seams_(std::move(seams)), senders_(seams_.executor, seams_.log) {}

Notifier::~Notifier() = default;

void Notifier::set_targets(std::vector<NotifyTarget> targets,
                           const ProxySettings& proxies,
                           std::size_t accounts) {
  queue_all(groups_.all());
  groups_.expect(accounts);
  senders_.stop();
  is_sending_groups_ = false;
  std::vector<Target> fresh;
  for (NotifyTarget& target : targets) {
    const auto old = std::ranges::find(targets_, target, &Target::config);
    auto outbox = std::make_shared<Outbox>(seams_, losses_, "a notice", place_of(target), proxies);
    if (old != targets_.end()) outbox->take_over(*old->outbox);
    fresh.push_back({std::move(target), std::move(outbox)});
  }
  targets_ = std::move(fresh);
  for (const Target& target : targets_) senders_.start("notify", Outbox::run(target.outbox));
}

void Notifier::tell(const CycleSummary& cycle) {
  if (targets_.empty()) return;
  const bool has_people = std::ranges::any_of(
      targets_, [](const Target& target) { return is_grouped(target.config.format); });
  for (const Notice& notice : filter_.news(cycle)) {
    queue(notice, false);
    if (has_people) queue_all(groups_.add(notice, seams_.clock.ticks()));
  }
  if (groups_.empty() || std::exchange(is_sending_groups_, true)) return;
  senders_.start("notify groups", send_groups());
}

void Notifier::queue(const Notice& notice, bool for_people) {
  for (const Target& target : targets_) {
    const NotifyFormat format = target.config.format;
    if (is_grouped(format) != for_people || !takes(format, notice.kind)) continue;
    target.outbox->queue(message_of(target.config, notice, seams_.randomness.hex(32)));
  }
}

void Notifier::queue_all(const std::vector<Notice>& grouped) {
  for (const Notice& notice : grouped) queue(notice, true);
}

/// Ends when nothing waits any more; the next notice that waits starts it again.
boost::asio::awaitable<void> Notifier::send_groups() {
  while (!groups_.empty()) {
    co_await seams_.clock.sleep(groups_.wait(seams_.clock.ticks()));
    queue_all(groups_.due(seams_.clock.ticks()));
  }
  is_sending_groups_ = false;
}

bool Notifier::is_idle() const {
  return groups_.empty() && std::ranges::all_of(targets_, [](const Target& target) {
           return target.outbox->is_idle();
         });
}

void Notifier::recall(const AccountId& account, ToldNotices told) {
  filter_.recall(account, std::move(told));
}

Async<void> Notifier::all_sent() {
  for (const Target& target : targets_) {
    while (!target.outbox->is_idle()) co_await target.outbox->change();
  }
  co_return Result<void>{};
}

boost::asio::awaitable<bool> Notifier::finish(std::chrono::milliseconds patience) {
  queue_all(groups_.all());
  auto sending = all_sent();
  const auto sent = co_await with_deadline(std::move(sending), patience, "sending notices");
  if (!sent) {
    std::size_t left = 0;
    for (const Target& target : targets_) left += target.outbox->waiting();
    seams_.log.warning("notices were not delivered before the end",
                       {{"notices", std::to_string(left)}});
  }
  senders_.stop();
  co_await senders_.drained();
  co_return sent.has_value();
}

}  // namespace authzd
