// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/daemon_board.hpp"

#include "daemon/app/past_views.hpp"
#include "daemon/cli/run_report.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace authzd {
namespace {

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

/// Hashes of what holds the authorization's creates and updates.
std::vector<std::string> hashes_that_hold(const Plan& plan, const std::string& name) {
  std::set<std::string> hashes;
  for (const Action& action : plan.actions) {
    if (action.name != name || !action.after) continue;
    for (const Hold& hold : action.holds) hashes.insert(hold.hash);
  }
  return {hashes.begin(), hashes.end()};
}

RunView view_of(const std::string& account, const RunSummary& run) {
  RunView view;
  view.account_name = account;
  view.id = run.start.id;
  view.kind = to_string(run.start.kind);
  view.who = run.start.who;
  view.revision = run.start.revision;
  view.began = run.start.began;
  view.undoes = run.start.undoes;
  view.result = end_text(run);
  view.ids_kept_until = ids_kept_until(run);
  if (!run.end) return view;
  const RunCounts& counts = run.end->counts;
  view.ended = run.end->ended;
  view.created = counts.created;
  view.updated = counts.updated;
  view.deleted = counts.deleted;
  view.failed = counts.failed + counts.unknown;
  view.is_well = view.failed == 0 && run.end->error.empty();
  return view;
}

/// The account went with a reload.
Error no_account() {
  return {ErrorCode::not_found, "there is no such account any more"};
}

}  // namespace

void DaemonBoard::note(const AccountRuntime& account, const CycleEnd& end) {
  const AccountSpec& spec = account.spec();
  if (!spec.tells_grants || reach_.note(spec.id, end)) return;
  // Accounts that went with a reload may have the room. A look at all of them takes time.
  reach_.forget_others([this](const AccountId& id) { return daemon_.find(id.value) != nullptr; });
  (void)reach_.note(spec.id, end);
}

std::vector<AccountView> DaemonBoard::accounts() const {
  std::vector<AccountView> views;
  for (const auto& account : daemon_.accounts()) {
    views.push_back({std::as_const(*account).status(),
                     account->schedule().interval,
                     account->calls(),
                     account->request_rate()});
  }
  return views;
}

std::optional<RefusedReload> DaemonBoard::refused_reload() const {
  return daemon_.refused_reload();
}

std::optional<RolloutView> DaemonBoard::rollout() const {
  auto view = rollout_view(daemon_);
  return view ? std::move(*view) : std::nullopt;  // an unreadable state is reported by the cycles
}

bool DaemonBoard::is_ready() const {
  return daemon_.is_ready();
}

std::optional<PlanDocument> DaemonBoard::plan(const AccountId& account) const {
  const Performed* performed = last_of(account);
  const auto owner = daemon_.find(account.value);
  if (performed == nullptr || owner == nullptr) return std::nullopt;
  const Planned& planned = performed->planned;
  return PlanDocument{planned.plan, owner->spec().name, planned.revision, planned.instances};
}

Result<std::string> DaemonBoard::runs_json(std::span<const AccountId> accounts,
                                           std::size_t count) const {
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

Result<std::vector<RunView>> DaemonBoard::runs(const AccountId& account, std::size_t count) const {
  std::vector<RunView> views;
  const auto owner = daemon_.find(account.value);
  if (!owner) return views;
  const auto runs = std::as_const(*owner).state().runs.last(count);
  if (!runs) return runs.error();
  for (const RunSummary& run : *runs) views.push_back(view_of(owner->spec().name, run));
  return views;
}

Result<RunDetailView> DaemonBoard::run(const AccountId& account, const std::string& id) const {
  const auto owner = daemon_.find(account.value);
  if (!owner) return no_account();
  const auto found = std::as_const(*owner).state().runs.find(id);
  if (!found) return found.error();
  RunDetailView detail{account, view_of(owner->spec().name, found->run), {}, names(account)};
  detail.run.commit = commit_of(*owner, detail.run.revision);
  const auto people = std::as_const(*owner).state().approvals.people_by_pass();
  if (!people) return people.error();
  for (const RecordedAction& recorded : found->actions) {
    RunActionView view = action_view(recorded);
    view.approved_by = approvers_of(*people, account, recorded.action);
    detail.actions.push_back(std::move(view));
  }
  return detail;
}

Result<ChangesView> DaemonBoard::changes(const ChangesQuery& query) const {
  return changes_of(daemon_, query, [this](const AccountId& account) { return names(account); });
}

Result<PolicyStory> DaemonBoard::policy(const AccountId& account, const PolicyId& id) const {
  const auto owner = daemon_.find(account.value);
  if (!owner) return no_account();
  auto story = story_of(*owner, id, reach_.find(owner->spec(), id), last_of(account));
  if (story) story->is_list_kept = reach_.keeps(account);
  return story;
}

RoleNames DaemonBoard::names(const AccountId& account) const {
  const Performed* performed = last_of(account);
  return performed == nullptr ? RoleNames{} : performed->planned.role_names;
}

std::optional<ReachView> DaemonBoard::reach(const AccountId& account) const {
  const auto owner = daemon_.find(account.value);
  return owner == nullptr ? std::nullopt : reach_.view(owner->spec());
}

std::vector<NamedStanding> DaemonBoard::standings(const std::string& name) const {
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
    one.held_by = hashes_that_hold(performed->planned.plan, name);
    found.push_back(std::move(one));
  }
  return found;
}

GitRequestCounts DaemonBoard::git_requests() const {
  return source_.requests();
}

void DaemonBoard::poke() {
  daemon_.poke();
}

const Performed* DaemonBoard::last_of(const AccountId& account) const {
  const auto end = daemon_.last_end(account.value);
  return end == nullptr || !end->performed ? nullptr : &*end->performed;
}

}  // namespace authzd
