// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/http_frontend.hpp"

#include "daemon/cli/run_report.hpp"
#include "daemon/http/status_listener.hpp"
#include "daemon/http/webhook.hpp"
#include "daemon/net/small_file.hpp"
#include "daemon/net/version.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace authzd {
namespace {

std::vector<std::chrono::milliseconds> drift_ages(const Plan& plan, Timestamp now) {
  std::vector<std::chrono::milliseconds> ages;
  for (const Action* action : wanted_actions(plan)) {
    const auto since = action->drift ? parse_rfc3339(action->drift->at) : std::nullopt;
    if (since) ages.push_back(std::max(now - *since, std::chrono::milliseconds(0)));
  }
  return ages;
}

/// `before`: the end of the cycle before it.
CycleFacts facts_of(const AccountRuntime& account,
                    const CycleEnd& end,
                    std::optional<Timestamp> before) {
  CycleFacts facts;
  const auto& run = account.status().last_run;
  if (run) {
    facts.ended = run->ended;
    facts.took = run->ended - run->began;
    facts.drifted = run->drifted;
    if (end.performed) facts.drift_ages = drift_ages(end.performed->planned.plan, run->ended);
    auto deletions = account.state().runs.deletion_times(before.value_or(run->began));
    if (deletions) facts.deletions = std::move(*deletions);
  }
  if (end.performed) {
    facts.plan = &end.performed->planned.plan;
    facts.list_took = end.performed->planned.list_took;
    facts.policies = end.performed->planned.policies;
  }
  if (end.error || !end.performed) {
    facts.result = CycleResult::error;
    facts.may_pass = end.error && is_transient(end.error->code);
  } else if (count(*end.performed).failed > 0) {
    facts.result = CycleResult::incomplete;
    facts.may_pass = true;
  } else if (end.refusal) {
    facts.result = CycleResult::refused;
  }
  return facts;
}

/// How the grants stand once the cycle has written.
std::vector<GrantStanding> standing_after(const Performed& performed) {
  const Planned& planned = performed.planned;
  std::vector<GrantStanding> standings = planned.standings;
  for (const Outcome& outcome : performed.outcomes) {
    const Action& action = planned.plan.actions[outcome.action];
    const bool is_written = outcome.kind == OutcomeKind::done && outcome.stored && action.after;
    if (!is_written) continue;
    const std::string what = grant_text(*action.after, planned.plan.account, planned.role_names);
    for (GrantStanding& grant : standings) {
      if (grant.name != action.name || grant.what != what) continue;
      grant.standing = Standing::granted;
      grant.policy = outcome.stored->policy.id;
      grant.changed_at = outcome.stored->policy.last_modified_at;
    }
  }
  return standings;
}

/// The service as the listener's pages see it.
class DaemonBoard final : public StatusBoard {
 public:
  DaemonBoard(Daemon& daemon, const DaemonSource& source) : daemon_(daemon), source_(source) {}

  [[nodiscard]] std::vector<AccountView> accounts() const override {
    std::vector<AccountView> views;
    for (const auto& account : daemon_.accounts()) {
      views.push_back({std::as_const(*account).status(),
                       account->schedule().interval,
                       account->calls(),
                       account->request_rate()});
    }
    return views;
  }

  [[nodiscard]] std::optional<RefusedReload> refused_reload() const override {
    return daemon_.refused_reload();
  }

  [[nodiscard]] bool is_ready() const override { return daemon_.is_ready(); }

  [[nodiscard]] std::optional<PlanDocument> plan(const AccountId& account) const override {
    const Performed* performed = last_of(account);
    const auto owner = daemon_.find(account.value);
    if (performed == nullptr || owner == nullptr) return std::nullopt;
    const Planned& planned = performed->planned;
    return PlanDocument{planned.plan, owner->spec().name, planned.revision, planned.instances};
  }

  [[nodiscard]] Result<std::string> runs_json(std::span<const AccountId> accounts,
                                              std::size_t count) const override {
    std::vector<AccountRuns> all;
    for (const AccountId& id : accounts) {
      const auto account = daemon_.find(id.value);
      if (!account) continue;  // it went with a reload
      auto runs = account->state().runs.last(count);
      if (!runs) return std::move(runs).error();
      all.push_back({account->spec().name, id, *std::move(runs)});
    }
    return authzd::runs_json(all);
  }

  [[nodiscard]] std::vector<NamedStanding> standings(const std::string& name) const override {
    std::vector<NamedStanding> found;
    for (const auto& account : daemon_.accounts()) {
      const Performed* performed = last_of(account->spec().id);
      if (performed == nullptr) continue;
      NamedStanding one{account->spec().id, account->spec().name, name, {}, {}, {}};
      std::ranges::copy_if(standing_after(*performed),
                           std::back_inserter(one.grants),
                           [&name](const GrantStanding& grant) { return grant.name == name; });
      if (one.grants.empty()) continue;
      one.progress = progress_of(one.grants, account->time(), account->spec().settle);
      one.held_by = holds_of(performed->planned.plan, name);
      found.push_back(std::move(one));
    }
    return found;
  }

  [[nodiscard]] GitRequestCounts git_requests() const override { return source_.requests(); }

  void poke() override { daemon_.poke(); }

 private:
  /// What the account's last cycle did; null: it planned nothing.
  [[nodiscard]] const Performed* last_of(const AccountId& account) const {
    const auto end = daemon_.last_end(account.value);
    return end == nullptr || !end->performed ? nullptr : &*end->performed;
  }

  /// Hashes of what holds the authorization's creates and updates.
  static std::vector<std::string> holds_of(const Plan& plan, const std::string& name) {
    std::set<std::string> hashes;
    for (const Action& action : plan.actions) {
      if (action.name != name || !action.after) continue;
      for (const Hold& hold : action.holds) hashes.insert(hold.hash);
    }
    return {hashes.begin(), hashes.end()};
  }

  Daemon& daemon_;
  const DaemonSource& source_;
};

}  // namespace

struct HttpFrontend::Parts {
  Parts(const CommandContext& context,
        AdminConfig the_admin,
        Daemon& daemon,
        const DaemonSource& source)
      : admin(std::move(the_admin)),
        clock(context.clock),
        board(daemon, source),
        pages({board, cycles, clock, kVersion, context.log, token(), guard()}) {}

  std::function<Result<Secret>()> token() {
    if (admin.token_file.empty()) return {};
    return [this] { return read_token_file(admin.token_file, "the token of admin.tokenFile"); };
  }

  std::function<Result<void>(const HttpRequest&)> guard() {
    if (admin.hook_secret_file.empty()) return {};
    return [this](const HttpRequest& request) -> Result<void> {
      const auto secret =
          read_secret_file(admin.hook_secret_file, "the secret of admin.hookSecretFile");
      if (!secret) return secret.error();
      return hooks.admit(request, *secret, clock.now());
    };
  }

  AdminConfig admin;
  Clock& clock;
  DaemonBoard board;
  CycleTally cycles;
  WebhookGuard hooks;
  StatusSite pages;
};

HttpFrontend::HttpFrontend(const CommandContext& context,
                           const AdminConfig& admin,
                           Daemon& daemon,
                           const DaemonSource& source)
    : parts_(std::make_unique<Parts>(context, admin, daemon, source)) {
  daemon.on_cycle([this](const AccountRuntime& account, const CycleEnd& end) {
    const auto before = parts_->cycles.of(account.spec().name).last_reconcile;
    parts_->cycles.add(account.spec().name, facts_of(account, end, before));
  });
}

HttpFrontend::~HttpFrontend() = default;

StatusSite& HttpFrontend::pages() {
  return parts_->pages;
}

}  // namespace authzd
