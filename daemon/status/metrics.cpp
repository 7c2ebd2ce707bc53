// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/metrics.hpp"

#include "daemon/status/metric_list.hpp"

#include <algorithm>
#include <string_view>

namespace authzd {
namespace {

double seconds(Timestamp time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

double number(bool is_true) {
  return is_true ? 1 : 0;
}

class MetricsWriter {
 public:
  explicit MetricsWriter(const MetricsInput& input) : input_(input) {}

  std::string write() {
    list_.gauge("authzd_build_info", "The version of authzd that runs; the value is always 1.");
    list_.add({{"version", input_.version}}, 1.0);
    list_.gauge("authzd_config_last_reload_successful",
                "0 while the last reload of the configuration was refused.");
    list_.add({}, number(!input_.is_reload_refused));
    add_state();
    add_conditions();
    add_cycles();
    add_times();
    add_policies();
    add_assertions();
    add_due();
    add_held();
    add_failing();
    add_calls();
    add_request_rates();
    add_git_requests();
    add_requests();
    add_process();
    if (input_.rollout) add_rollout(*input_.rollout);
    return list_.text();
  }

 private:
  static MetricLabels label(const AccountView& view) { return {{"account", view.status.name}}; }

  [[nodiscard]] const AccountTally& tally(const AccountView& view) const {
    return input_.cycles.of(view.status.name);
  }

  /// A gauge with one sample per account.
  template <class Value>
  void gauge(std::string name, std::string help, Value value) {
    list_.gauge(std::move(name), std::move(help));
    for (const AccountView& view : input_.accounts) list_.add(label(view), value(view));
  }

  /// The same for values that exist only after the first plan.
  void tally(std::string name, std::string help, std::size_t PlanTally::*member) {
    list_.gauge(std::move(name), std::move(help));
    for (const AccountView& view : input_.accounts) {
      const auto& known = tally(view).tally;
      if (known) list_.add(label(view), std::uint64_t{(*known).*member});
    }
  }

  void counter(std::string name, std::string help, std::uint64_t AccountTally::*member) {
    list_.counter(std::move(name), std::move(help));
    for (const AccountView& view : input_.accounts) list_.add(label(view), tally(view).*member);
  }

  void time(std::string name, std::string help, std::optional<Timestamp> AccountTally::*member) {
    list_.gauge(std::move(name), std::move(help));
    for (const AccountView& view : input_.accounts) {
      const auto& known = tally(view).*member;
      if (known) list_.add(label(view), seconds(*known));
    }
  }

  void add_state() {
    list_.gauge("authzd_account_info", "The mode of each account; the value is always 1.");
    for (const AccountView& view : input_.accounts) {
      list_.add({{"account", view.status.name}, {"mode", std::string(to_string(view.status.mode))}},
                1.0);
    }
    gauge("authzd_interval_seconds", "The time between two cycles.", [](const AccountView& view) {
      return std::chrono::duration<double>(view.interval).count();
    });
    gauge("authzd_suspended",
          "1 while a person has suspended the account.",
          [](const AccountView& view) { return number(view.status.is_suspended); });
    gauge("authzd_revision_refused",
          "1 while the newest revision of the manifests is refused.",
          [](const AccountView& view) {
            const Condition& ready = view.status.ready;
            return number(!ready.is_true && ready.kind == ConditionReason::revision_refused);
          });
    gauge(
        "authzd_unknown_outcomes",
        "Writes of which it is not known yet whether IAM did them.",
        [](const AccountView& view) { return static_cast<double>(view.status.unknown_outcomes); });
    gauge("authzd_clock_skew_seconds",
          "This host's clock minus that of IAM, when last compared.",
          [](const AccountView& view) {
            return std::chrono::duration<double>(view.status.clock_skew).count();
          });
  }

  void add_conditions() {
    list_.gauge("authzd_condition", "1 while the condition of that type is true.");
    for (const AccountView& view : input_.accounts) {
      const AccountStatus& status = view.status;
      const auto add = [&](std::string_view type, const Condition& condition) {
        list_.add({{"account", status.name}, {"type", std::string(type)}},
                  number(condition.is_true));
      };
      add("Ready", status.ready);
      add("Reconciling", status.reconciling);
      add("Stalled", status.stalled);
      add("Held", status.held);
      add("Due", status.due);
      add("AssertionsHold", status.assertions_hold);
    }
  }

  void add_cycles() {
    list_.counter("authzd_reconcile_total", "Cycles that have ended, by how.");
    for (const AccountView& view : input_.accounts) {
      for (const CycleResult result : kCycleResults) {
        const auto& cycles = tally(view).cycles;
        const auto found = cycles.find(result);
        list_.add({{"account", view.status.name}, {"result", std::string(to_string(result))}},
                  found == cycles.end() ? std::uint64_t{0} : found->second);
      }
    }
    list_.gauge("authzd_active_workers", "Accounts whose cycle is under way.");
    list_.add({},
              std::uint64_t{static_cast<std::size_t>(std::ranges::count_if(
                  input_.accounts,
                  [](const AccountView& view) { return view.status.reconciling.is_true; }))});
    add_durations();
    counter("authzd_no_op_runs_total",
            "Cycles that found everything as it should be.",
            &AccountTally::no_ops);
    counter("authzd_drift_total",
            "Policies of ours that someone else had changed, each time that it was seen.",
            &AccountTally::drifted);
    gauge("authzd_consecutive_soft_errors",
          "Cycles in a row that failed in a way that may pass by itself.",
          [this](const AccountView& view) { return tally(view).soft_errors_in_a_row; });
  }

  template <const auto& kBounds>
  void durations(std::string name, std::string help, Durations<kBounds> AccountTally::*member) {
    list_.histogram(std::move(name), std::move(help));
    for (const AccountView& view : input_.accounts) {
      const auto& counted = tally(view).*member;
      if (!counted.is_any()) continue;  // a dozen series an account, of nothing
      list_.add(label(view), kBounds, counted.counts, counted.total_seconds);
    }
  }

  void add_durations() {
    durations("authzd_reconcile_time_seconds", "How long cycles took.", &AccountTally::cycle_times);
    durations("authzd_list_seconds",
              "How long it took to read the whole list of policies, all its pages.",
              &AccountTally::list_times);
    durations("authzd_drift_seconds",
              "How long a change by someone else had stood when it was found.",
              &AccountTally::drift_ages);
    durations("authzd_deletion_seconds",
              "From the request to delete to the read that showed it done.",
              &AccountTally::deletion_times);
  }

  void add_times() {
    time("authzd_last_reconcile_timestamp_seconds",
         "When the last cycle ended, well or not.",
         &AccountTally::last_reconcile);
    time("authzd_last_sync_timestamp_seconds",
         "When the last cycle ended that did all that it was to do.",
         &AccountTally::last_sync);
  }

  void add_policies() {
    list_.gauge("authzd_policies", "Authorizations that IAM holds, by whose they are.");
    for (const AccountView& view : input_.accounts) {
      const auto& known = tally(view).tally;
      if (!known) continue;
      const auto add = [&](std::string_view name, std::uint64_t value) {
        list_.add({{"account", view.status.name}, {"class", std::string(name)}}, value);
      };
      add("ours", known->ours);
      add("unmanaged", known->unmanaged);
      add("theirs", known->theirs);
      add("foreign", known->foreign);
      add("disputed", known->disputed);
    }
    list_.gauge("authzd_account_policies",
                "Authorizations that the account held when last listed, not only those of authzd.");
    for (const AccountView& view : input_.accounts) {
      const auto& known = tally(view).policies;
      if (known) list_.add(label(view), std::uint64_t{*known});
    }
    list_.gauge("authzd_account_policy_limit",
                "Policies of all types that the account may hold: iam.policyLimit.");
    for (const AccountView& view : input_.accounts) {
      const std::size_t limit = view.status.policy_limit;
      if (limit > 0) list_.add(label(view), std::uint64_t{limit});
    }
    tally("authzd_conflicts",
          "Grants and policies that a person has to decide about.",
          &PlanTally::conflicts);
    tally("authzd_owner_mismatch",
          "Policies that carry the marker of another owner.",
          &PlanTally::theirs);
    tally("authzd_kept_back",
          "Changes that the mode does not allow, or that back off after failures.",
          &PlanTally::kept_back);
    tally("authzd_pinned",
          "Keys that are left alone since an undo or a release.",
          &PlanTally::pinned);
    tally("authzd_expired_kept",
          "Policies that the mode keeps though their grant has expired.",
          &PlanTally::expired_kept);
    tally("authzd_deletes_of_unknown_use",
          "Wanted deletes of policies of which IAM does not say when they were last used.",
          &PlanTally::unknown_use);
  }

  void add_assertions() {
    gauge("authzd_assertion_violations",
          "Policies and patterns by which assertions are violated.",
          [](const AccountView& view) {
            return static_cast<double>(view.status.assertions.violations);
          });
    list_.gauge("authzd_assertions", "Assertions, by verdict.");
    for (const AccountView& view : input_.accounts) {
      const AssertionCounts& counts = view.status.assertions;
      const auto add = [&](Verdict verdict, std::uint64_t value) {
        list_.add({{"account", view.status.name}, {"verdict", std::string(to_string(verdict))}},
                  value);
      };
      add(Verdict::holds, counts.hold);
      add(Verdict::violated, counts.violated);
      add(Verdict::undecided, counts.undecided);
    }
  }

  void add_due() {
    gauge("authzd_ends_due",
          "Authorizations whose end comes within the longest time of remindBefore.",
          [](const AccountView& view) { return static_cast<double>(view.status.due_dates.ends); });
    gauge(
        "authzd_reviews_due",
        "Authorizations whose review is due within the longest time of remindBefore, or was.",
        [](const AccountView& view) { return static_cast<double>(view.status.due_dates.reviews); });
  }

  void add_held() {
    list_.gauge("authzd_held", "Actions that a rail holds until a person approves them.");
    for (const AccountView& view : input_.accounts) {
      std::map<std::string, std::uint64_t> rails;
      for (const HeldActions& hold : view.status.holds) rails[hold.rail] += hold.actions;
      for (const auto& [rail, actions] : rails) {
        list_.add({{"account", view.status.name}, {"rail", rail}}, actions);
      }
    }
  }

  void add_failing() {
    list_.gauge("authzd_failing", "Grants and policies whose write fails, by reason.");
    for (const AccountView& view : input_.accounts) {
      std::map<std::string, std::uint64_t> reasons;
      for (const FailingObject& object : view.status.failing) ++reasons[object.reason];
      for (const auto& [reason, objects] : reasons) {
        list_.add({{"account", view.status.name}, {"reason", reason}}, objects);
      }
    }
  }

  void add_calls() {
    list_.counter("authzd_outbound_api_requests_total", "Requests to IAM, by kind and status.");
    for (const AccountView& view : input_.accounts) {
      if (!view.calls) continue;
      for (const auto& [kind, count] : view.calls->counts()) {
        list_.add({{"account", view.status.name}, {"op", kind.operation}, {"code", kind.code}},
                  count);
      }
    }
  }

  void add_request_rates() {
    list_.gauge(
        "authzd_iam_requests_per_second",
        "Requests a second that IAM is asked at most: iam.requestsPerSecond, and less for a "
        "while after a 429.");
    for (const AccountView& view : input_.accounts) {
      if (view.request_rate > 0) list_.add(label(view), view.request_rate);
    }
  }

  void add_git_requests() {
    list_.counter("authzd_git_request_total", "Calls of git over the network, by type and result.");
    for (const auto& [kind, count] : input_.git_requests) {
      list_.add({{"type", kind.first}, {"result", kind.second}}, count);
    }
  }

  void add_requests() {
    list_.counter("authzd_http_requests_total", "Requests to this listener, by route and status.");
    for (const auto& [kind, count] : input_.requests) {
      list_.add({{"route", kind.first}, {"code", std::to_string(kind.second)}}, count);
    }
  }

  /// Only where there are waves.
  void add_rollout(const RolloutView& rollout) {
    list_.gauge("authzd_rollout_accounts", "Accounts of each wave, by how far they are.");
    for (const WaveView& wave : rollout.waves) {
      const auto add = [&](std::string_view state, std::size_t accounts) {
        list_.add({{"wave", wave.text}, {"state", std::string(state)}}, std::uint64_t{accounts});
      };
      add("done", wave.done);
      add("underWay", wave.under_way);
      add("waiting", wave.accounts - wave.done - wave.under_way);
    }
    list_.gauge("authzd_rollout_stopped",
                "1 while an account in trouble with the newest revision stops its rollout.");
    list_.add({}, number(state_of(rollout) == "stopped"));
    list_.gauge("authzd_rollout_paused", "1 while a person has paused the rollout.");
    list_.add({}, number(rollout.is_paused));
    list_.gauge("authzd_rollout_complete", "1 while every account has the newest revision.");
    list_.add({}, number(rollout.is_complete));
    if (rollout.revision.empty()) return;
    list_.gauge("authzd_rollout_began_timestamp_seconds",
                "When the rollout of the newest revision began.");
    list_.add({}, seconds(rollout.began));
  }

  void add_process() {
    const ProcessFacts& process = input_.process;
    list_.counter("process_cpu_seconds_total", "CPU time, user and system.");
    list_.add({}, process.cpu_seconds);
    list_.gauge("process_start_time_seconds", "When the process began.");
    list_.add({}, process.start_time_seconds);
    list_.gauge("process_resident_memory_bytes", "Resident memory.");
    list_.add({}, std::uint64_t{process.resident_bytes});
    list_.gauge("process_virtual_memory_bytes", "Virtual memory.");
    list_.add({}, std::uint64_t{process.virtual_bytes});
    list_.gauge("process_open_fds", "Open file descriptors.");
    list_.add({}, std::uint64_t{process.open_descriptors});
    list_.gauge("process_max_fds", "How many file descriptors may be open.");
    list_.add({}, std::uint64_t{process.max_descriptors});
  }

  const MetricsInput& input_;
  MetricList list_;
};

}  // namespace

std::string metrics_text(const MetricsInput& input) {
  return MetricsWriter(input).write();
}

}  // namespace authzd
