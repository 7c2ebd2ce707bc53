// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/state/state_fixture.hpp"

#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace authzd::test {

PolicyContent content_with(const std::string& role, const std::string& target) {
  PolicyContent content;
  content.subject = {{"accountId", "stringEquals", kOurAccount.value},
                     {"serviceName", "stringEquals", "server-protect"}};
  content.resource = {{"serviceName", "stringEquals", target}};
  content.roles = {role};
  content.description = "text (authzd: us/disks#0123456789ab)";
  return content;
}

Action create_of(const std::string& target) {
  Action action;
  action.verb = Verb::create;
  action.name = "disks";
  action.position = {"disks.yaml", 4, 3};
  action.after = content_with("Reader", target);
  action.key = key_of(kOurAccount, *action.after);
  action.risk = Risk::widening;
  return action;
}

Action update_of(const PolicyId& id, const std::string& from, const std::string& to) {
  Action action = create_of();
  action.verb = Verb::update;
  action.id = id;
  action.before = content_with(from);
  action.after = content_with(to);
  action.last_modified_at = "2026-11-01T00:00:00.000Z";
  action.reason = Reason::roles_differ;
  return action;
}

Action remove_of(const PolicyId& id) {
  Action action = update_of(id, "Reader", "Reader");
  action.verb = Verb::remove;
  action.after.reset();
  action.reason = Reason::not_desired;
  action.risk = Risk::narrowing;
  return action;
}

Observed observed(const PolicyId& id, PolicyContent content) {
  Observed policy;
  policy.id = id;
  policy.content = std::move(content);
  policy.created_by = IamId{"iam-ServiceId-us"};
  policy.created_at = "2026-11-01T00:00:00.000Z";
  policy.last_modified_by = IamId{"iam-ServiceId-us"};
  policy.last_modified_at = "2026-11-02T00:00:00.000Z";
  policy.role_names = {{"Reader", "Reader"}};
  return policy;
}

Outcome done_with(const PolicyId& id, PolicyContent content, const std::string& etag) {
  Outcome outcome;
  outcome.kind = OutcomeKind::done;
  outcome.wrote = true;
  outcome.stored = Versioned{observed(id, std::move(content)), Etag{etag}};
  outcome.transaction_id = "transaction-1";
  return outcome;
}

Outcome gone() {
  Outcome outcome;
  outcome.kind = OutcomeKind::done;
  outcome.wrote = true;
  return outcome;
}

Outcome not_done(OutcomeKind kind, bool wrote) {
  Outcome outcome;
  outcome.kind = kind;
  outcome.wrote = wrote;
  outcome.error = Error{ErrorCode::unavailable, "reset"};
  outcome.error->detail.http_status = 503;
  outcome.error->detail.may_have_happened = wrote;
  return outcome;
}

Command sending(Command::Kind kind) {
  Command command;
  command.kind = kind;
  return command;
}

StateTest::StateTest() {
  open();
}

StateTest::~StateTest() {
  close();
}

void StateTest::open(DatabaseOptions options) {
  options.path = path();
  database = must(Database::open(std::move(options)));
  state = std::make_unique<AccountState>(database, kOurAccount);
}

void StateTest::close() {
  state.reset();
  database.reset();
}

void StateTest::begin(const std::string& run, const std::vector<Action>& actions) {
  RunStart start;
  start.id = run;
  start.revision = "revision-1";
  start.began = now;
  must(state->runs.begin(start));
  (void)must(state->runs.add_actions(run, actions));
}

void StateTest::perform(const std::string& run,
                        const Action& action,
                        const Outcome& outcome,
                        Command::Kind kind) {
  begin(run, {action});
  if (outcome.wrote) must(state->runs.will_write({run, 0}, sending(kind), now));
  must(state->runs.record({run, 0}, action, outcome, now));
  RunEnd end;
  end.ended = now;
  must(state->runs.end(run, end));
}

}  // namespace authzd::test
