// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/converge/bench.hpp"

#include <stdexcept>
#include <utility>

namespace authzd::test {
namespace {

std::string_view word(Command::Kind kind) {
  switch (kind) {
    case Command::Kind::create: return "create";
    case Command::Kind::read: return "read";
    case Command::Kind::replace: return "replace";
    case Command::Kind::remove: return "remove";
    case Command::Kind::restore: return "restore";
    case Command::Kind::find: return "find";
  }
  return "?";
}

}  // namespace

PolicyContent content(const std::string& role, const std::string& target) {
  PolicyContent made;
  made.subject = {{"serviceName", "stringEquals", "server-protect"}};
  made.resource = {{"serviceName", "stringEquals", target}};
  made.roles = {role};
  made.description = "text (authzd: us/disks#0123456789ab)";
  return made;
}

Action create_action(const std::string& target) {
  Action action;
  action.verb = Verb::create;
  action.after = content("Reader", target);
  action.key = key_of(kAccount, *action.after);
  return action;
}

Action update_action() {
  Action action = remove_action();
  action.verb = Verb::update;
  action.after = content("Writer");
  return action;
}

Action remove_action() {
  Action action;
  action.verb = Verb::remove;
  action.id = kId;
  action.before = content("Reader");
  action.key = key_of(kAccount, *action.before);
  action.last_modified_at = kPlannedTime;
  return action;
}

Plan plan_of(std::vector<Action> actions) {
  Plan plan;
  plan.account = kAccount;
  plan.actions = std::move(actions);
  return plan;
}

Versioned as_planned() {
  Versioned versioned;
  versioned.policy.id = kId;
  versioned.policy.content = content("Reader");
  versioned.policy.created_by = kUs;
  versioned.policy.last_modified_by = kUs;
  versioned.policy.last_modified_at = kPlannedTime;
  versioned.etag = Etag{"e1"};
  return versioned;
}

Versioned with_role(const std::string& role) {
  Versioned versioned = as_planned();
  versioned.policy.content = content(role);
  versioned.policy.last_modified_by = IamId{"IBMid-them"};
  versioned.policy.last_modified_at = "2026-11-02T00:00:00.000Z";
  versioned.etag = Etag{"e2"};
  return versioned;
}

Versioned deleted(Versioned versioned) {
  versioned.policy.state = PolicyState::deleted;
  return versioned;
}

Versioned without_etag(Versioned versioned) {
  versioned.etag = Etag{};
  return versioned;
}

Reply saw(const Versioned& versioned) {
  Reply reply;
  reply.found = versioned;
  reply.transaction_id = "t1";
  return reply;
}

Reply nothing() {
  Reply reply;
  reply.transaction_id = "t1";
  return reply;
}

Reply failed(ErrorCode code, int status) {
  Reply reply;
  reply.error = Error{code, "it failed"};
  reply.error->detail.http_status = status;
  reply.error->detail.transaction_id = "t-failed";
  return reply;
}

Reply lost() {
  Reply reply = failed(ErrorCode::unavailable, 0);
  reply.error->detail.may_have_happened = true;
  return reply;
}

Reply conflict_with(const std::string& id) {
  Reply reply = failed(ErrorCode::conflict, 409);
  reply.error->detail.conflicts_with = id;
  return reply;
}

Bench::Bench(Action action,
             std::map<PolicyId, Etag> last_etags,
             Timestamp fresh_since,
             const SharedPolicies* listed,
             Timestamp listed_at)
    : converger_(plan_of({std::move(action)}),
                 4,
                 std::move(last_etags),
                 fresh_since,
                 {kUs},
                 listed,
                 listed_at) {
  keep(converger_.start());
}

Bench& Bench::answer(Reply reply) {
  if (is_finished()) throw std::logic_error("nothing is under way");
  keep(converger_.next(std::move(reply)));
  return *this;
}

Bench& Bench::cancel() {
  converger_.cancel();
  return *this;
}

Outcome Bench::outcome() const {
  if (!is_finished()) throw std::logic_error("it has not ended");
  return converger_.outcomes().at(0);
}

void Bench::keep(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    std::string text{command.repairs ? "repair" : word(command.kind)};
    if (!command.etag.empty()) text += " " + command.etag.value;
    if (command.delay.count() > 0) text += " +" + std::to_string(command.delay.count());
    sent.push_back(text);
    if (command.kind == Command::Kind::replace) layouts.push_back(command.layout);
  }
}

}  // namespace authzd::test
