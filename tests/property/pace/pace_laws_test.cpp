// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The laws of the pace, for any sequence of requests, answers of 429 and steps of time:
//   bounds    the rate is never above the configured one, and never below the lowest
//   windows   no window of time holds more requests than the rates in it allow
//   bursts    429s of requests that went before the rate was halved halve it no more
//   recovery  without another 429 the configured rate is back in a bounded time
#include "daemon/iam/token_bucket.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <vector>

namespace authzd {
namespace {

using std::chrono::milliseconds;
using Time = TokenBucket::Time;

enum class Kind { pass, send, refuse };

struct Step {
  Kind kind = Kind::pass;
  int milliseconds = 0;  // that pass; of a refusal: the pause that it asks for
  int age = 0;           // of a refusal: how many requests ago the refused one went
};

void showValue(const Step& step, std::ostream& out) {
  out << (step.kind == Kind::pass   ? "pass "
          : step.kind == Kind::send ? "send "
                                    : "refuse ")
      << step.milliseconds << "/" << step.age;
}

rc::Gen<Step> any_step() {
  const auto time = rc::gen::weightedOneOf<int>({{6, rc::gen::inRange(0, 60)},
                                                 {2, rc::gen::inRange(0, 2'000)},
                                                 {1, rc::gen::inRange(0, 200'000)}});
  return rc::gen::build<Step>(
      rc::gen::set(
          &Step::kind,
          rc::gen::weightedElement<Kind>({{4, Kind::pass}, {8, Kind::send}, {1, Kind::refuse}})),
      rc::gen::set(&Step::milliseconds, time),
      rc::gen::set(&Step::age, rc::gen::inRange(0, 20)));
}

/// A bucket and all that was seen of it.
class History {
 public:
  explicit History(double configured)
      : configured_(configured), lowest_(std::min(kLowestRate, configured)), bucket_(configured) {
    look();
  }

  void act(const Step& step) {
    const milliseconds duration(step.milliseconds);
    switch (step.kind) {
      case Kind::pass: now_ += duration; break;
      case Kind::send: send(); break;
      case Kind::refuse: refuse(step.age, duration); break;
    }
    look();
  }

  /// A caller waits for the time that it was given.
  void send() {
    for (auto wait = bucket_.wait(now_); wait.count() > 0; wait = bucket_.wait(now_)) {
      now_ += wait;
      look();
    }
    bucket_.take(now_);
    sent_.push_back({now_, allowed_});
  }

  void refuse(int age, milliseconds pause) {
    if (sent_.empty()) return;
    const std::size_t last = sent_.size() - 1;
    const Time asked = sent_[last - std::min<std::size_t>(static_cast<std::size_t>(age), last)].at;
    const double before = bucket_.at(now_);
    const bool is_of_the_burst = halved_at_ && asked <= *halved_at_;
    bucket_.throttle(asked, now_, pause);
    const double after = bucket_.at(now_);
    RC_ASSERT(after <= before + 1e-9);
    if (!is_of_the_burst) {
      RC_ASSERT(after <= std::max(lowest_, before / 2) + 1e-9);
      halved_at_ = now_;
    }
    calm_from_ = std::max(calm_from_, now_ + pause);
  }

  void check_windows() const {
    for (std::size_t from = 0; from < sent_.size(); ++from) {
      const double at_once = std::max(1.0, configured_ / 2);
      for (std::size_t to = from; to < sent_.size(); ++to) {
        const auto requests = static_cast<double>(to - from + 1);
        RC_ASSERT(requests <= at_once + sent_[to].allowed - sent_[from].allowed + 1e-3);
      }
    }
  }

  void check_recovery() {
    now_ = std::max(now_, calm_from_) + kRateRecovery;
    RC_ASSERT(bucket_.at(now_) >= configured_ - 1e-9);
  }

 private:
  struct Sent {
    Time at;
    double allowed;  // by the rates from the beginning until then
  };

  /// Between two looks the rate rises by a straight line that ends at the configured one, so that
  /// the larger of the two rates bounds it from above.
  void look() {
    const double rate = bucket_.at(now_);
    RC_ASSERT(rate <= configured_ + 1e-9);
    RC_ASSERT(rate >= lowest_ - 1e-9);
    const std::chrono::duration<double> passed = now_ - looked_at_;
    allowed_ += std::max(rate, rate_) * passed.count();
    rate_ = rate;
    looked_at_ = now_;
  }

  double configured_;
  double lowest_;
  TokenBucket bucket_;
  Time now_{std::chrono::hours(1)};
  Time looked_at_ = now_;
  double rate_ = 0;
  double allowed_ = 0;
  std::vector<Sent> sent_;
  std::optional<Time> halved_at_;
  Time calm_from_ = now_;
};

RC_GTEST_PROP(PaceLaws, HoldForAnySequenceOfRequestsRefusalsAndTime, ()) {
  History history(*rc::gen::element(1.0, 2.0, 7.0, 20.0, 50.0, 200.0));
  const auto steps = *rc::gen::container<std::vector<Step>>(any_step());

  for (const Step& step : steps) history.act(step);

  history.check_windows();
  history.check_recovery();
}

RC_GTEST_PROP(PaceLaws, ABurstOfRefusalsHalvesTheRateOnce, ()) {
  const double configured = *rc::gen::element(8.0, 50.0, 200.0);
  const auto latencies =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 500)));
  TokenBucket bucket(configured);
  const Time asked(std::chrono::hours(1));

  Time last = asked;
  for (const int latency : latencies) {
    last = std::max(last, asked + milliseconds(latency));
    bucket.throttle(asked, last, milliseconds(0));
  }

  RC_ASSERT(bucket.at(last) >= configured / 2 - 1e-9);
}

}  // namespace
}  // namespace authzd
