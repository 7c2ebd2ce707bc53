// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/status_world.hpp"

namespace authzd::test {
namespace {

using std::chrono::minutes;

const std::string kRevision = "4f6c2a1b9d8e7f60514233241506978899aabbcc";

Condition condition(bool is_true, std::string reason, std::string message = {}) {
  return {is_true, std::move(reason), std::move(message), kStatusNow - minutes(10)};
}

PolicyContent some_content() {
  PolicyContent content;
  content.subject.add({.name = "serviceName", .value = "server-protect"});
  content.resource.add({.name = "serviceName", .value = "kms"});
  return content;
}

Note note(NoteKind kind, NoteReason reason, std::string id) {
  Note note;
  note.kind = kind;
  note.reason = reason;
  note.message = "policy " + id + " is left alone";
  note.id = PolicyId{std::move(id)};
  return note;
}

}  // namespace

AccountStatus healthy_account() {
  AccountStatus status;
  status.name = "production";
  status.id = AccountId{"11111111111111111111111111111111"};
  status.mode = Mode::sync;
  status.ready = condition(true, "InSync");
  status.reconciling = condition(false, "Waiting");
  status.stalled = condition(false, "Progressing");
  status.held = condition(false, "NothingHeld");
  status.assertions_hold = condition(true, "NoAssertions");
  status.attempted_revision = kRevision;
  status.applied_revision = kRevision;
  LastRun run;
  run.id = "0123456789ab";
  run.began = kStatusNow - minutes(2);
  run.ended = run.began + std::chrono::seconds(3);
  run.revision = kRevision;
  run.policies = 12;
  run.planned.in_sync = 9;
  run.planned.unmanaged = 3;
  status.last_run = run;
  status.next_cycle = kStatusNow + minutes(3);
  return status;
}

RolloutView some_rollout() {
  RolloutRules rules;
  rules.waves = {{.name = "canary", .match = {{"ring", "canary"}}}};
  const std::vector<RolloutMember> members{
      {.account = healthy_account().id, .name = "production", .wave = 1},
      {.account = AccountId{"22222222222222222222222222222222"},
       .name = "test",
       .reached = RolloutStep::taken,
       .trouble = Trouble::held,
       .why = "maxDelete: 12 deletes"}};
  Rollout rollout;
  rollout.revision = "4f2a91c0d3e18877665544332211ffeeddccbbaa";
  rollout.began = kStatusNow - std::chrono::hours(1);
  RolloutView view = view_of(rules, rollout, members, trusted_at(kStatusNow));
  view.who = "ann (uid 1000)";
  view.word = "resume";
  return view;
}

AccountStatus troubled_account() {
  AccountStatus status;
  status.name = "test";
  status.id = AccountId{"22222222222222222222222222222222"};
  status.mode = Mode::upsert_only;
  status.is_suspended = true;
  status.ready = condition(false, "RevisionRefused", "a.yaml:3:1: <b>unknown</b> key");
  status.ready.kind = ConditionReason::revision_refused;
  status.reconciling = condition(true, "CycleUnderWay");
  status.stalled = condition(true, "ObjectsStalled", "1 object needs the same write again");
  status.held = condition(true, "Rails", "maxDelete: 11 deletes in 24h, 10 allowed");
  status.assertions_hold =
      condition(false, "Violated", "the assertion keys-at-home is violated, by 2 policies");
  status.assertions = {.violated = 1, .undecided = 1, .hold = 3, .violations = 2};
  status.approve_options = " --config /srv/authzd.yaml";
  status.attempted_revision = "ffffffffffffffffffffffffffffffffffffffff";
  status.attempted_commit = {status.attempted_revision,
                             "Ada <b>Lovelace</b>",
                             "Give disks their key",
                             kStatusNow - minutes(7),
                             "https://git.example/commit/" + status.attempted_revision};
  status.applied_revision = kRevision;
  status.applied_commit = {kRevision,
                           "Bob",
                           "Give volumes theirs",
                           kStatusNow - minutes(90),
                           "https://git.example/commit"};
  status.holds = {{std::string(64, 'a'), "maxDelete", "11 deletes in 24h, 10 allowed", 11},
                  {std::string(64, 'b'), "delegate", "the delegator role is not allowed", 1},
                  {std::string(64, 'c'), "delegate", "the delegator role is not allowed", 2}};
  status.failing = {
      {"backup", PolicyId{"p-7"}, "Stalled", "both sides differ", kStatusNow + minutes(8)},
      {"images", PolicyId{}, "QuotaExceeded", "the account is full", std::nullopt}};
  status.clock_skew = std::chrono::milliseconds(-421'500);
  status.policies = 3'700;
  status.policy_limit = 4'020;
  LastRun run;
  run.id = "ba9876543210";
  run.began = kStatusNow - minutes(1);
  run.ended = run.began + std::chrono::seconds(4);
  run.planned.held = 14;
  run.failed = 2;
  run.drifted = 1;
  status.last_run = run;
  return status;
}

Plan troubled_plan() {
  Plan plan;
  plan.account = troubled_account().id;
  plan.ours = 40;
  plan.hash = std::string(64, 'd');
  Action action;
  action.verb = Verb::remove;
  action.name = "old";
  action.id = PolicyId{"p-1"};
  action.before = some_content();
  action.key = key_of(plan.account, *action.before);
  action.reason = Reason::not_desired;
  action.risk = Risk::narrowing;
  action.removal.emplace();
  action.holds = {{"maxDelete", "11 deletes in 24h, 10 allowed", std::string(64, 'a')}};
  Action update = action;
  update.verb = Verb::update;
  update.after = action.before;
  update.after->description = "Another text.";
  update.reason = Reason::text_differs;
  update.risk = Risk::neutral;
  update.removal.reset();
  plan.actions = {update, action};
  plan.notes = {note(NoteKind::conflict, NoteReason::disputed, "p-2"),
                note(NoteKind::conflict, NoteReason::other_owner, "p-3"),
                note(NoteKind::kept, NoteReason::expired, "p-4"),
                note(NoteKind::unmanaged, NoteReason::service_made, "p-5"),
                note(NoteKind::unmanaged, NoteReason::unmanaged, "p-6"),
                note(NoteKind::unmanaged, NoteReason::unmanaged, "p-7")};
  return plan;
}

std::optional<PlanDocument> FakeBoard::plan(const AccountId& account) const {
  const auto found = plans.find(account);
  if (found == plans.end()) return std::nullopt;
  return found->second;
}

Result<std::string> FakeBoard::runs_json(std::span<const AccountId> accounts,
                                         std::size_t count) const {
  if (runs_as_json) return runs_as_json(accounts, count);
  std::string text;
  for (const AccountId& account : accounts) text += account.value + " ";
  return text + std::to_string(count);
}

Result<std::vector<RunView>> FakeBoard::runs(const AccountId& account, std::size_t count) const {
  if (!has_state) return Error{ErrorCode::internal, "state.db: the disk is full"};
  std::vector<RunView> found_runs;
  const auto found = run_details.find(account);
  if (found == run_details.end()) return found_runs;
  for (const RunDetailView& detail : found->second) {
    if (found_runs.size() < count) found_runs.push_back(detail.run);
  }
  return found_runs;
}

Result<RunDetailView> FakeBoard::run(const AccountId& account, const std::string& id) const {
  if (!has_state) return Error{ErrorCode::internal, "state.db: the disk is full"};
  const auto found = run_details.find(account);
  if (found != run_details.end()) {
    for (const RunDetailView& detail : found->second) {
      if (detail.run.id == id) return detail;
    }
  }
  return Error{ErrorCode::not_found, "there is no such run"};
}

Result<ChangesView> FakeBoard::changes(const ChangesQuery& query) const {
  if (!has_state) return Error{ErrorCode::internal, "state.db: the disk is full"};
  ChangesView view;
  view.scanned_of_each = 1'000;
  for (const ChangeView& change : past) {
    const bool is_asked =
        std::ranges::find(query.accounts, change.account) != query.accounts.end() &&
        (!query.reverts_others || change.what.action.drift);
    if (!is_asked) continue;
    const std::size_t place = view.found++;
    if (place >= query.first && place < query.first + query.count) view.changes.push_back(change);
  }
  return view;
}

Result<PolicyStory> FakeBoard::policy(const AccountId& account, const PolicyId& id) const {
  if (!has_state) return Error{ErrorCode::internal, "state.db: the disk is full"};
  const auto found = stories.find(account);
  if (found != stories.end() && found->second.id == id) return found->second;
  return Error{ErrorCode::not_found, "there is no such policy"};
}

std::optional<ReachView> FakeBoard::reach(const AccountId& account) const {
  const auto found = reaches.find(account);
  if (found == reaches.end()) return std::nullopt;
  return found->second;
}

std::vector<NamedStanding> FakeBoard::standings(const std::string& name) const {
  std::vector<NamedStanding> found;
  for (const NamedStanding& one : named) {
    if (one.name == name) found.push_back(one);
  }
  return found;
}

RunDetailView some_run(const AccountStatus& account, std::string id) {
  RunDetailView detail;
  detail.account = account.id;
  detail.run.account_name = account.name;
  detail.run.id = std::move(id);
  detail.run.kind = "apply";
  detail.run.who = "ann (uid 1000)";
  detail.run.revision = kRevision;
  detail.run.began = kStatusNow - minutes(30);
  detail.run.ended = detail.run.began + std::chrono::seconds(4);
  detail.run.result = "1 failed";
  detail.run.deleted = 1;
  detail.run.failed = 1;
  detail.run.is_well = false;
  const Plan plan = troubled_plan();
  detail.actions = {{plan.actions.at(1), true, "done"},
                    {plan.actions.at(0), false, "failed", "IAM says no", {}, "tx-1"}};
  return detail;
}

ReachView some_reach(const AccountStatus& account) {
  ReachView view{account.id, account.name, kStatusNow - minutes(1), {}, {}};
  const PolicyContent content = some_content();
  for (const PolicyOwner owner :
       {PolicyOwner::ours, PolicyOwner::unmanaged, PolicyOwner::foreign}) {
    ReachPolicy policy;
    policy.id = PolicyId{"policy-" + std::to_string(view.policies.size())};
    policy.owner = owner;
    policy.subject = content.subject;
    policy.resource = content.resource;
    policy.roles = {"Reader"};
    view.policies.push_back(std::move(policy));
  }
  return view;
}

ChangeView some_change(const AccountStatus& account) {
  ChangeView change;
  change.account = account.id;
  change.account_name = account.name;
  change.run = "0123456789ab";
  change.kind = "cycle";
  change.revision = kRevision;
  change.at = kStatusNow - minutes(20);
  Action action = troubled_plan().actions.at(0);
  action.holds.clear();
  action.drift = Drift{IamId{"IBMid-270000ABCD"}, "2027-01-15T07:30:00Z"};
  change.what = {action, true, "done", {}, {}, "tx-2"};
  change.approved_by = {"bob (uid 1001)"};
  return change;
}

PolicyStory some_story(const AccountStatus& account, std::string id) {
  PolicyStory story;
  story.account = account.id;
  story.account_name = account.name;
  story.id = PolicyId{std::move(id)};
  Observed policy;
  policy.id = story.id;
  policy.content = some_content();
  policy.content.description = "Text (authzd: platform/keys#0123456789ab)";
  policy.created_by = IamId{"iam-ServiceId-1"};
  policy.created_at = "2026-12-24T12:00:00Z";
  policy.last_modified_by = IamId{"IBMid-270000ABCD"};
  policy.last_modified_at = "2027-01-15T07:30:00Z";
  policy.last_permit_at = kStatusNow - minutes(3);
  story.policy = policy;
  story.listed = kStatusNow - minutes(1);
  story.owner = PolicyOwner::ours;
  story.wanted = WantedBy{"keys", {"team/keys.yaml", 12, 5}, kRevision};
  story.planned = {troubled_plan().actions.at(1)};
  story.notes = {troubled_plan().notes.at(0)};
  story.pin = PinView{"ba9876543210", kStatusNow - minutes(50)};
  story.changes = {some_change(account)};
  return story;
}

FakeBoard full_board() {
  const AccountStatus healthy = healthy_account();
  const AccountStatus troubled = troubled_account();
  auto calls = std::make_shared<ApiCalls>();
  for (int i = 0; i < 3; ++i) calls->count({"list_policies", "200"});
  calls->count({"create_policy", "409"});
  calls->count({"token", "none"});

  FakeBoard board;
  board.views = {{healthy, minutes(5), calls, 25}, {troubled, minutes(1), nullptr}};
  board.plans[troubled.id] = {troubled_plan(), troubled.name, kRevision};
  Plan quiet;
  quiet.account = healthy.id;
  quiet.hash = std::string(64, 'e');
  board.plans[healthy.id] = {quiet, healthy.name, kRevision};
  board.run_details[troubled.id] = {some_run(troubled, "0123456789ab"),
                                    some_run(troubled, "ba9876543210")};
  board.reaches[troubled.id] = some_reach(troubled);
  board.past = {some_change(troubled)};
  board.stories[troubled.id] = some_story(troubled, "p-1");
  board.git = {{{"fetch", "success"}, 1}, {{"ls-remote", "error"}, 2}};
  return board;
}

CycleTally full_tally() {
  CycleTally tally;
  Plan quiet;
  quiet.ours = 9;
  CycleFacts good;
  good.plan = &quiet;
  good.took = std::chrono::milliseconds(250);
  for (int i = 3; i > 0; --i) {
    good.ended = kStatusNow - minutes(5) * i;
    tally.add("production", good);
  }
  const Plan troubled = troubled_plan();
  CycleFacts bad;
  bad.plan = &troubled;
  bad.result = CycleResult::refused;
  bad.took = std::chrono::milliseconds(4'000);
  bad.ended = kStatusNow - minutes(2);
  bad.drifted = 2;
  bad.drift_ages = {std::chrono::seconds(40), std::chrono::hours(30)};
  bad.deletions = {std::chrono::milliseconds(750)};
  bad.list_took = std::chrono::seconds(74);
  bad.policies = 3'700;
  tally.add("test", bad);
  CycleFacts failed;
  failed.result = CycleResult::error;
  failed.may_pass = true;
  failed.took = std::chrono::minutes(10);
  failed.ended = kStatusNow - minutes(1);
  tally.add("test", failed);
  return tally;
}

}  // namespace authzd::test
