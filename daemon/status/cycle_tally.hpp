// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Counts of an account's cycles since the process started. It reads no clock; momentary values are
// in AccountStatus.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/plan/plan.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class CycleResult {
  success,     // everything that the newest revision wants and the rails allow is done
  refused,     // the newest revision is refused; the last good one is enforced
  incomplete,  // some writes failed
  error,       // the cycle failed
};
inline constexpr std::array kCycleResults{
    CycleResult::success, CycleResult::refused, CycleResult::incomplete, CycleResult::error};

std::string_view to_string(CycleResult result);  // "success", …

/// The result of one cycle.
struct CycleFacts {
  CycleResult result = CycleResult::success;
  bool may_pass = false;  // the error is transient
  Timestamp ended = {};
  std::chrono::milliseconds took{0};
  std::size_t drifted = 0;  // policies of ours that someone else had changed
  std::vector<std::chrono::milliseconds> drift_ages = {};   // of each: time since that change
  std::vector<std::chrono::milliseconds> deletions = {};    // the duration of each completed delete
  std::optional<std::chrono::milliseconds> list_took = {};  // none: no complete list was read
  std::optional<std::size_t> policies = {};                 // in that list
  const Plan* plan = nullptr;                               // null: there is none
};

/// Numbers about the last plan.
struct PlanTally {
  std::size_t ours = 0;
  std::size_t unmanaged = 0;  // without a marker; authzd leaves them alone
  std::size_t theirs = 0;     // another owner's
  std::size_t foreign = 0;    // an enterprise template's or a service's
  std::size_t disputed = 0;
  std::size_t conflicts = 0;
  std::size_t kept_back = 0;     // changes that the mode does not allow, or that back off
  std::size_t pinned = 0;        // left alone since an undo
  std::size_t expired_kept = 0;  // kept by the mode although their grant has expired
  std::size_t unknown_use = 0;   // wanted deletes of policies with an unknown last use

  bool operator==(const PlanTally&) const = default;
};

PlanTally census_of(const Plan& plan);

/// Upper bounds, in seconds; larger values are counted too.
inline constexpr std::array kCycleSeconds{
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0};
inline constexpr std::array kListSeconds{
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0};
inline constexpr std::array kDeletionSeconds{0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0, 1800.0, 7200.0};
inline constexpr std::array kDriftSeconds{1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0};

/// A histogram of durations.
template <const auto& kBounds>
struct Durations {
  std::array<std::uint64_t, kBounds.size() + 1> counts = {};  // not cumulative
  double total_seconds = 0;

  void add(std::chrono::milliseconds took) {
    const double seconds = std::chrono::duration<double>(took).count();
    const auto* const bound = std::ranges::lower_bound(kBounds, seconds);
    ++counts.at(static_cast<std::size_t>(bound - kBounds.begin()));
    total_seconds += seconds;
  }

  [[nodiscard]] bool is_any() const {
    return std::ranges::any_of(counts, [](std::uint64_t count) { return count > 0; });
  }
};

struct AccountTally {
  std::map<CycleResult, std::uint64_t> cycles = {};
  Durations<kCycleSeconds> cycle_times = {};
  Durations<kDeletionSeconds> deletion_times = {};
  Durations<kDriftSeconds> drift_ages = {};
  Durations<kListSeconds> list_times = {};
  std::optional<std::size_t> policies = {};  // in the last list
  std::uint64_t soft_errors_in_a_row = 0;
  std::uint64_t no_ops = 0;  // cycles that found nothing to do
  std::uint64_t drifted = 0;
  std::optional<Timestamp> last_reconcile = {};
  std::optional<Timestamp> last_sync = {};  // the last that ended as `success` or `refused`
  std::optional<PlanTally> tally = {};
};

class CycleTally {
 public:
  void add(const std::string& account, const CycleFacts& facts);

  /// By name; an account without a cycle has the empty tally.
  [[nodiscard]] const AccountTally& of(const std::string& account) const;

 private:
  std::map<std::string, AccountTally> accounts_;
  AccountTally none_;
};

}  // namespace authzd
