// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is counted of an account's cycles since the process began. It reads no clock; what holds at
// one moment only is in AccountStatus.
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
  success,     // all that the newest revision wants and the rails allow has been done
  refused,     // the newest revision is refused; the last good one is enforced
  incomplete,  // some writes failed
  error,       // the cycle could not be made
};
inline constexpr std::array kCycleResults{
    CycleResult::success, CycleResult::refused, CycleResult::incomplete, CycleResult::error};

std::string_view to_string(CycleResult result);  // "success", …

/// How one cycle ended.
struct CycleFacts {
  CycleResult result = CycleResult::success;
  bool may_pass = false;  // what went wrong may succeed later without anyone changing anything
  Timestamp ended = {};
  std::chrono::milliseconds took{0};
  std::size_t drifted = 0;  // policies of ours that someone else had changed
  std::vector<std::chrono::milliseconds> drift_ages = {};   // of each: since that change
  std::vector<std::chrono::milliseconds> deletions = {};    // how long each that is now done took
  std::optional<std::chrono::milliseconds> list_took = {};  // none: no whole list was read
  std::optional<std::size_t> policies = {};                 // that it showed
  const Plan* plan = nullptr;                               // null: none could be made
};

/// Numbers about the last plan that could be made.
struct Census {
  std::size_t ours = 0;
  std::size_t unmanaged = 0;  // no marker; authzd leaves them alone
  std::size_t theirs = 0;     // another owner's
  std::size_t foreign = 0;    // an enterprise template's or a service's
  std::size_t disputed = 0;
  std::size_t conflicts = 0;
  std::size_t kept_back = 0;     // changes that the mode does not allow, or that back off
  std::size_t pinned = 0;        // left alone since an undo
  std::size_t expired_kept = 0;  // the mode keeps them though their grant has expired
  std::size_t unknown_use = 0;   // wanted deletes of which nobody knows when they were last used

  bool operator==(const Census&) const = default;
};

Census census_of(const Plan& plan);

/// Upper bounds, in seconds; what is above the last is counted too.
inline constexpr std::array kCycleSeconds{
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0};
inline constexpr std::array kListSeconds{
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0};
inline constexpr std::array kDeletionSeconds{0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0, 1800.0, 7200.0};
inline constexpr std::array kDriftSeconds{1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0};

/// How long something took, each time.
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
  std::optional<std::size_t> policies = {};  // that the last list showed
  std::uint64_t soft_errors_in_a_row = 0;
  std::uint64_t no_ops = 0;  // cycles that found everything as it should be
  std::uint64_t drifted = 0;
  std::optional<Timestamp> last_reconcile = {};
  std::optional<Timestamp> last_sync = {};  // that ended as `success` or `refused`
  std::optional<Census> census = {};
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
