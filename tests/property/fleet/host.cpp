// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/fleet/host.hpp"

#include "reconciler/model/marker.hpp"
#include "reconciler/rails/rails.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace authzd::test {
namespace {

std::string manifest(const std::pair<std::string, std::string>& pair, const Wanted& wanted) {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + wanted.name +
         "}\nspec:\n  source: {service: " + pair.first + "}\n  target: {service: " + pair.second +
         "}\n  roles: [" + wanted.role + "]\n" + (wanted.is_protected ? "  protect: true\n" : "");
}

void insist(const Result<void>& done) {
  if (!done) throw std::logic_error(to_string(done.error()));
}

}  // namespace

Key key_of_pair(const std::pair<std::string, std::string>& pair) {
  const auto side = [](const std::string& service) {
    return AttributeSet({{"accountId", "stringEquals", kFleetAccount.value},
                         {"serviceName", "stringEquals", service}});
  };
  return Key(kFleetAccount, side(pair.first), side(pair.second));
}

void TextSource::set(const Wishes& wishes) {
  snapshot_.revision = "revision-" + std::to_string(++revisions_);
  snapshot_.files.clear();
  for (const auto& [pair, wanted] : wishes) {
    snapshot_.files.push_back({pair.first + "-" + pair.second + ".yaml", manifest(pair, wanted)});
  }
}

Async<Fetched> TextSource::fetch(std::vector<std::string>, std::string known) {
  if (known == snapshot_.revision) {
    Snapshot same{known, {}};
    co_return same;
  }
  co_return snapshot_;
}

Host::Host(HostTraits traits, FakeIam& iam, Clock& clock, Rng& rng)
    : traits_(std::move(traits)),
      clock_(clock),
      rng_(rng),
      witness_(traits_.owner, traits_.who),
      around_{.iam = iam,
              .clock = clock,
              .rng = rng,
              .witness = witness_,
              .who = traits_.who,
              .bug = traits_.bug,
              .meddle = {}} {
  witness_.may_write(traits_.mode != Mode::observe);
  witness_.may_take_over(traits_.adopt != Adopt::never);
  witness_.most_deletes(traits_.first_deletes_approved ? traits_.max_delete : 0);
  open_state();
}

void Host::open_state() {
  const auto live = [this] {
    if (around_.is_dead) throw Killed();
  };
  const auto before_commit = [this, live] {
    live();
    if (chance(rng_, around_.storm.kill)) around_.is_dead = true;
    live();
  };
  auto opened = Database::open({.before_commit = before_commit, .after_commit = live});
  if (!opened) throw std::logic_error(to_string(opened.error()));
  database_ = std::move(*opened);
  process_.reset();
  if (!traits_.first_deletes_approved) return;
  AccountState state(database_, kFleetAccount);
  insist(state.approvals.approve_first_deletes({"a person", clock_.now()}));
}

void Host::set_manifests(const Wishes& wishes) {
  wishes_ = wishes;
  source_->set(wishes);
  for (const auto& [pair, wanted] : wishes) witness_.wants(key_of_pair(pair));
}

void Host::start() {
  AccountParts parts;
  parts.spec.name = traits_.owner;
  parts.spec.id = kFleetAccount;
  parts.spec.owner = traits_.owner;
  parts.spec.mode = traits_.bug == Bug::writes_in_observe ? Mode::sync : traits_.mode;
  parts.spec.adopt = traits_.adopt;
  parts.spec.allow_empty = true;
  parts.spec.allow_empty_account = true;
  parts.spec.rails.removal_grace.wait = {};  // the witness knows no grace
  parts.spec.rails.limits = {.max_delete = traits_.max_delete, .max_delete_percent = 100};
  parts.run = std::make_shared<std::string>();
  parts.source = source_;
  parts.state = std::make_unique<AccountState>(database_, parts.spec.id);
  parts.reader = std::make_unique<RoughGateway>(around_);
  if (parts.spec.mode != Mode::observe) parts.writer = std::make_unique<RoughGateway>(around_);
  process_ = std::make_unique<AccountRuntime>(std::move(parts), clock_);
}

boost::asio::awaitable<void> Host::cycle() {
  if (traits_.bug == Bug::forgets_its_deletes) open_state();
  if (!process_) start();
  StopToken stop;
  try {
    const CycleEnd end =
        co_await run_cycle(*process_, traits_.owner + std::to_string(++runs_), stop);
    if (end.performed) last_plan_ = end.performed->planned.plan;
  } catch (const Killed&) {
    process_.reset();
    last_plan_.reset();
    around_.is_dead = false;
  }
}

bool Host::has_protected(const PolicyId& id) const {
  // Also one of which later writes may be missing: it still protects.
  const auto written = AccountState(database_, kFleetAccount).written.all();
  if (!written) return false;
  const auto found = (*written)->find(id);
  return found != (*written)->end() && found->second.protects;
}

void Host::approve_all() {
  witness_.people_approve();
  AccountState state(database_, kFleetAccount);
  const Grantor by{"a person", clock_.now(), clock_.now() + std::chrono::hours(24)};
  insist(state.approvals.approve_first_deletes(by));
  if (!last_plan_) return;
  for (const Action& action : last_plan_->actions) {
    for (const Hold& hold : action.holds) {
      const auto passes = approvals_of(*last_plan_, hold.hash);
      insist(state.approvals.approve_hold(hold.hash, hold.rail, passes, by));
    }
  }
}

void Host::check_record() {
  if (traits_.bug == Bug::keeps_no_record) open_state();
  const AccountState state(database_, kFleetAccount);
  if (!state.runs.unknown_outcomes()->empty()) witness_.blame("an outcome that nobody looked up");
  std::map<std::string, int> recorded;
  const auto runs = state.runs.last(1'000);
  for (const RunSummary& run : *runs) {
    const auto detail = state.runs.find(run.start.id);
    for (const RecordedAction& action : detail->actions) {
      if (!action.writes.empty() && !action.outcome) witness_.blame("a write without an outcome");
      for (const SentWrite& write : action.writes) {
        const bool is_post = write.kind == Command::Kind::create;
        ++recorded[is_post ? action.action.key.text() : action.action.id.value];
      }
    }
  }
  for (const Deed& deed : witness_.deeds()) {
    const std::string what = deed.verb == "POST" ? deed.key.text() : deed.id.value;
    if (--recorded[what] < 0) witness_.blame(deed.verb + " of " + what + " is in no record");
  }
}

}  // namespace authzd::test
