// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/worker.hpp"

#include <utility>

namespace authzd {

namespace {

constexpr std::size_t kRunIdDigits = 12;

void tell(const std::vector<std::weak_ptr<CycleWait>>& waiting,
          const std::shared_ptr<const CycleEnd>& end) {
  for (const auto& each : waiting) {
    if (const auto wait = each.lock()) wait->tell(end);
  }
}

}  // namespace

Worker::Worker(std::shared_ptr<AccountRuntime> desired, WorkerSeams seams)
    : desired_(std::move(desired)), seams_(std::move(seams)) {}

void Worker::follow(std::shared_ptr<AccountRuntime> desired) {
  desired->inherit(*desired_);
  desired_->retire();
  desired_ = std::move(desired);
  alarm_.ring();
}

std::shared_ptr<CycleWait> Worker::ask_for_cycle() {
  auto wait = std::make_shared<CycleWait>(seams_.executor);
  if (is_ending_) {
    wait->tell(nullptr);
  } else {
    waiting_.push_back(wait);
    alarm_.ring();
  }
  return wait;
}

void Worker::end() {
  is_ending_ = true;
  desired_->retire();
  alarm_.ring();
  tell(std::exchange(waiting_, {}), nullptr);
}

boost::asio::awaitable<void> Worker::run() {
  if (first_wait_.count() > 0) {
    desired_->expect_cycle(seams_.clock.now() + first_wait_);
    co_await alarm_.wait(seams_.clock, first_wait_);
  }
  while (!is_ending_) {
    const auto began = co_await work();
    if (!is_ending_) co_await wait_for_next(began);
  }
}

/// One cycle, in its turn; returns when it began.
boost::asio::awaitable<std::chrono::steady_clock::time_point> Worker::work() {
  const auto turn = co_await desired_->turn();
  const auto began = seams_.clock.ticks();  // a command may have held the turn for a long time
  if (is_ending_) co_return began;
  // A copy: a reload may change desired_ while the cycle runs.
  const std::shared_ptr<AccountRuntime> account = desired_;
  auto waiting = std::exchange(waiting_, {});
  auto end = co_await run_contained_cycle(
      *account, seams_.randomness.hex(kRunIdDigits), account->retirement());
  close(*account, std::move(waiting), std::move(end));
  co_return began;
}

/// After a cycle that a reload cut short, its waiters wait for the one that follows it.
void Worker::close(AccountRuntime& account, Waiting waiting, CycleEnd end) {
  const bool was_read_only = is_stopped(end);
  const bool is_fault = end.error && end.error->code == ErrorCode::internal;
  faults_ = is_fault ? faults_ + 1 : 0;
  const auto shared = std::make_shared<CycleEnd>(std::move(end));
  if (!was_read_only) {
    last_end_ = shared;
    seams_.on_cycle(account, *shared);
  }
  // Whoever needs the list or the grants any longer has taken them: they are by far the largest
  // parts.
  if (shared->performed) {
    shared->performed->planned.listed = {};
    shared->performed->planned.named.reset();
  }
  account.loader().rest();
  if (!account.retirement().is_requested()) return tell(waiting, shared);
  if (is_ending_) return tell(waiting, was_read_only ? nullptr : shared);
  waiting_.insert(waiting_.end(), waiting.begin(), waiting.end());
}

Schedule Worker::schedule() const {
  return backed_off(desired_->schedule(), faults_);
}

boost::asio::awaitable<void> Worker::wait_for_next(std::chrono::steady_clock::time_point began) {
  Clock& clock = seams_.clock;
  const auto since_start = [&clock, began] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock.ticks() - began);
  };
  const auto wait = regular_wait(schedule(), since_start(), seams_.randomness.next01());
  desired_->expect_cycle(clock.now() + wait);
  if (!co_await alarm_.wait(clock, wait)) co_return;
  // Further pokes within the gap belong to the cycle that this one starts.
  while (!is_ending_) {
    const auto gap = poked_wait(schedule(), since_start());
    if (gap.count() <= 0) co_return;
    desired_->expect_cycle(clock.now() + gap);
    co_await alarm_.wait(clock, gap);
  }
}

}  // namespace authzd
