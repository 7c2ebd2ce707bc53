// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/commit_status_sender.hpp"

#include "daemon/net/deadline.hpp"
#include "daemon/net/small_file.hpp"

#include <utility>

namespace authzd {
namespace {

Result<Outgoing> prepare(const CommitStatusConfig& config,
                         const CommitVerdict& verdict,
                         const std::string& owner) {
  const auto url = parse_base_url(config.api);
  if (!url) return url.error();
  const auto token = read_token_file(config.token_file, "the token of commitStatus.tokenFile");
  if (!token) return token.error();
  return Outgoing{url->origin,
                  config.ca_file,
                  "source.git.commitStatus caFile",
                  commit_status_request(config, verdict, owner, *token)};
}

}  // namespace

CommitStatusSender::CommitStatusSender(NotifierSeams seams)
    : seams_(std::move(seams)), senders_(seams_.executor, seams_.log) {}

void CommitStatusSender::follow(CommitStatusConfig config,
                                std::set<AccountId> accounts,
                                const ProxySettings& proxies) {
  book_.follow(std::move(accounts));
  if (config == config_ && outbox_ != nullptr) return;
  const bool is_other = outbox_ != nullptr;
  senders_.stop();
  outbox_.reset();
  config_ = std::move(config);
  if (config_.forge == Forge::none) return;
  if (is_other) book_.forget();
  const std::string place = config_.api + " " + config_.repository;
  outbox_ = std::make_shared<Outbox>(seams_, losses_, "a commit status", place, proxies);
  senders_.start("commit status", Outbox::run(outbox_));
}

void CommitStatusSender::note(const CycleSummary& cycle) {
  if (outbox_ == nullptr) return;
  if (losses_ > repeated_) {
    repeated_ = losses_;
    book_.forget();
  }
  auto verdict = book_.note(cycle);
  if (!verdict) return;
  OutboxMessage message;
  message.kind = std::string(short_revision(verdict->commit));
  message.account = cycle.account_name;
  message.prepare = [config = config_, verdict = *verdict, owner = cycle.owner](Timestamp) {
    return prepare(config, verdict, owner);
  };
  message.is_accepted = is_set_already;
  outbox_->queue(std::move(message));
}

void CommitStatusSender::recall(std::string_view text, Timestamp at) {
  if (auto verdict = parse_commit_verdict(text)) book_.recall(std::move(*verdict), at);
}

std::optional<CommitStatusSender::Told> CommitStatusSender::told() const {
  const bool is_under_way = outbox_ != nullptr && !outbox_->is_idle();
  if (!book_.last() || losses_ > repeated_ || is_under_way) return std::nullopt;
  return Told{to_string(*book_.last()), book_.last_at()};
}

Async<void> CommitStatusSender::all_sent() {
  while (!outbox_->is_idle()) co_await outbox_->change();
  co_return Result<void>{};
}

boost::asio::awaitable<void> CommitStatusSender::finish(std::chrono::milliseconds patience) {
  if (outbox_ == nullptr) co_return;
  auto sending = all_sent();
  const auto sent = co_await with_deadline(std::move(sending), patience, "sending commit statuses");
  if (!sent) seams_.log.warning("a commit status was not delivered before the end");
  senders_.stop();
  co_await senders_.drained();
}

}  // namespace authzd
