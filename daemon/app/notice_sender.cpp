// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/notice_sender.hpp"

#include "daemon/cycle/cycle_summary.hpp"
#include "daemon/state/small_stores.hpp"

#include <set>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

/// Stands among the kinds of notices in the state: the last verdict, with each account.
constexpr std::string_view kCommitStatus = "CommitStatus";

}  // namespace

NoticeSender::NoticeSender(const CommandContext& context, std::shared_ptr<Database> state)
    : clock_(context.clock),
      log_(context.log),
      state_(std::move(state)),
      notifier_({context.executor, context.clock, context.randomness, context.log}),
      statuses_({context.executor, context.clock, context.randomness, context.log}) {}

void NoticeSender::follow(const Setup& setup) {
  if (state_ == nullptr) return;
  notifier_.set_targets(setup.notify, setup.iam.proxies, setup.accounts.size());
  std::set<AccountId> accounts;
  for (const AccountSetup& account : setup.accounts) accounts.insert(account.spec.id);
  statuses_.follow(setup.commit_status, std::move(accounts), setup.iam.proxies);
}

void NoticeSender::tell(const CycleSummary& cycle) {
  if (state_ == nullptr) return;
  recall(cycle.account);
  if (notifier_.is_idle()) keep(cycle.account);
  notifier_.tell(cycle);
}

void NoticeSender::tell_of_cycle(const CycleSummary& cycle) {
  tell(cycle);
  if (state_ != nullptr) statuses_.note(cycle);
}

void NoticeSender::listen_to(Daemon& daemon) {
  daemon.on_cycle([this](const AccountRuntime& account, const CycleEnd& end) {
    tell_of_cycle(summary_of(account, end));
  });
  daemon.on_asked([this](const AccountRuntime& account, const Performed& performed) {
    tell(summary_of(account, performed, clock_.now()));
  });
}

boost::asio::awaitable<void> NoticeSender::finish() {
  const bool is_all_sent = co_await notifier_.finish(kLastNotices);
  co_await statuses_.finish(kLastStatus);
  if (!is_all_sent) co_return;
  for (const AccountId& account : recalled_) keep(account);
}

void NoticeSender::recall(const AccountId& account) {
  if (recalled_.contains(account)) return;
  const auto kept = NoticeStore(state_, account).all();
  if (!kept) {
    log_.warning("what was told before is not known", {{"error", to_string(kept.error())}});
    return;
  }
  ToldNotices told;
  for (const auto& [word, notice] : *kept) {
    if (const auto kind = parse_notice_kind(word)) told[*kind] = {notice.content, notice.at};
    if (word == kCommitStatus) statuses_.recall(notice.content, notice.at);
  }
  notifier_.recall(account, std::move(told));
  recalled_.insert(account);
}

void NoticeSender::keep(const AccountId& account) {
  if (notifier_.has_lost_any() || !recalled_.contains(account)) return;
  KeptNotices kept;
  for (const auto& [kind, notice] : notifier_.told(account)) {
    kept[std::string(to_string(kind))] = {notice.content, notice.at};
  }
  if (const auto status = statuses_.told()) {
    kept[std::string(kCommitStatus)] = {status->text, status->at};
  }
  if (auto stored = NoticeStore(state_, account).replace(kept); !stored) {
    log_.warning("the state did not take what was told", {{"error", to_string(stored.error())}});
  }
}

}  // namespace authzd
