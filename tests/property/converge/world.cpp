// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/converge/world.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace authzd::test {
namespace {

const AccountId kAccount{"0123456789abcdef0123456789abcdef"};
const IamId kUs{"iam-ServiceId-us"};
const IamId kThem{"IBMid-them"};

PolicyContent content(const std::string& target, const std::string& role) {
  PolicyContent made;
  made.subject = {{"serviceName", "stringEquals", "server-protect"}};
  made.resource = {{"serviceName", "stringEquals", target}};
  made.roles = {role};
  made.description = "(authzd: us/disks#0123456789ab)";
  return made;
}

Error lost_reply() {
  Error error{ErrorCode::unavailable, "reset"};
  error.detail.may_have_happened = true;
  return error;
}

}  // namespace

World::World(std::uint64_t seed, Weather weather) : rng_(seed), weather_(weather), iam_(kAccount) {
  make_plan();
}

void World::make_plan() {
  plan_.account = kAccount;
  const std::size_t count = 1 + rng_() % 6;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string target = "target-" + std::to_string(i);
    Action action;
    action.verb = static_cast<Verb>(rng_() % 3);
    const bool restores = action.verb == Verb::create && chance(30);
    if (restores) {  // a deleted policy, or one that IAM no longer keeps
      const Versioned stored = iam_.seed(content(target, "Writer"), kUs);
      action.id = chance(80) ? stored.policy.id : PolicyId{"forgotten"};
      (void)iam_.remove(stored.policy.id, kUs);
    }
    if (action.verb != Verb::create) {
      const Versioned stored = iam_.seed(content(target, "Reader"), kUs);
      action.id = stored.policy.id;
      action.before = stored.policy.content;
      action.last_modified_at = stored.policy.last_modified_at;
    }
    if (action.verb != Verb::remove) action.after = content(target, "Writer");
    action.key = key_of(kAccount, content(target, "Writer"));
    if (chance(10)) action.holds = {Hold{"rail", "held", "hash"}};
    plan_.actions.push_back(std::move(action));
  }
  iam_.settle();  // the list for the plan was up to date
  while (chance(30)) add_fresh_delete();
}

/// Of a policy that was made since, so that a lagging replica does not know it.
void World::add_fresh_delete() {
  const std::string target = "target-" + std::to_string(plan_.actions.size());
  const Versioned stored = iam_.seed(content(target, "Reader"), kUs);
  Action action;
  action.verb = Verb::remove;
  action.id = stored.policy.id;
  action.before = stored.policy.content;
  action.last_modified_at = stored.policy.last_modified_at;
  action.key = key_of(kAccount, stored.policy.content);
  fresh_since_ = std::min(fresh_since_, *parse_rfc3339(action.last_modified_at));
  plan_.actions.push_back(std::move(action));
}

Verdict World::run() {
  Converger converger(plan_, 1 + rng_() % 4, {}, fresh_since_, {kUs});
  std::vector<Command> under_way = converger.start();
  for (const Command& command : under_way) judge(command);

  // No path needs more than 16 requests per action.
  const std::size_t limit = 16 * plan_.actions.size();
  while (!under_way.empty() && verdict_.commands <= limit) {
    const auto pick = under_way.begin() + static_cast<std::ptrdiff_t>(rng_() % under_way.size());
    const Command command = *pick;
    under_way.erase(pick);
    if (chance(weather_.meddling)) meddle(command.action);
    Reply reply = perform(command);
    if (!is_stopped_ && chance(weather_.stop)) {
      converger.cancel();
      is_stopped_ = true;
    }
    for (Command& next : converger.next(std::move(reply))) {
      judge(next);
      under_way.push_back(std::move(next));
    }
  }
  verdict_.has_ended = under_way.empty() && converger.is_finished();
  judge_outcomes(converger.outcomes());
  return verdict_;
}

/// Someone else changes the policy of an action.
void World::meddle(std::size_t action) {
  memory_[action].was_meddled_with = true;
  const Action& planned = plan_.actions[action];
  const PolicyContent theirs =
      content("target-" + std::to_string(action), "Manager-" + std::to_string(rng_() % 1000));
  const auto now = iam_.get(planned.id);
  if (!now) {
    (void)iam_.create(theirs, kThem);
  } else if (chance(30)) {
    (void)iam_.remove(planned.id, kThem);
  } else if (now->policy.state == PolicyState::deleted) {
    (void)iam_.restore(planned.id, now->etag, kThem);
  } else {
    (void)iam_.replace(planned.id, theirs, now->etag, kThem);
  }
}

void World::blame(std::size_t action, const std::string& rule) {
  verdict_.faults.push_back("action " + std::to_string(action) + ": " + rule);
}

/// The rules for a command at the moment of sending.
void World::judge(const Command& command) {
  ++verdict_.commands;
  const std::size_t index = command.action;
  const bool is_new = !memory_.contains(index);
  Memory& memory = memory_[index];
  if (is_new && is_stopped_) blame(index, "begun after the stop");
  if (is_held(plan_.actions.at(index))) blame(index, "held, and touched");
  if (!is_write(command.kind)) {
    memory.has_looked_since = true;
    return;
  }
  const bool is_patch = command.kind == Command::Kind::restore;
  const bool is_mending = is_patch && plan_.actions.at(index).verb == Verb::remove;
  if (is_stopped_ && !is_mending) blame(index, "written after the stop");
  const bool needs_etag = is_patch || command.kind == Command::Kind::replace;
  if (needs_etag && (command.etag.empty() || command.etag.value == "*")) blame(index, "no ETag");
  if (memory.last_was_lost && !memory.has_looked_since) blame(index, "repeated blindly");
  memory.has_looked_since = false;
  if (command.kind == Command::Kind::create && ++memory.posts > 2) blame(index, "third POST");
  if (command.kind == Command::Kind::replace && ++memory.puts > 2) blame(index, "third PUT");
  if (command.kind == Command::Kind::remove && ++memory.removes > 2) blame(index, "third DELETE");
  if (is_patch && ++memory.restores > 2) blame(index, "third PATCH");
}

Reply World::perform(const Command& command) {
  Reply reply;
  reply.action = command.action;
  if (chance(weather_.nonsense)) return reply;
  if (!is_write(command.kind)) return read(command);

  Memory& memory = memory_[command.action];
  memory.last_was_lost = false;
  if (chance(weather_.refused)) {
    constexpr int kStatuses[] = {400, 401, 403, 404, 409, 412, 422, 429};
    reply.error = Error{ErrorCode::rejected, "no"};
    reply.error->detail.http_status = kStatuses[rng_() % std::size(kStatuses)];
    return reply;
  }
  const bool lost_before = chance(weather_.lost_before);
  const bool lost_after = !lost_before && chance(weather_.lost_after);
  auto stored = lost_before ? Result<Versioned>(lost_reply()) : write(command);
  if (lost_before || lost_after) {
    memory.last_was_lost = true;
    reply.error = lost_reply();
  } else if (!stored) {
    reply.error = stored.error();
  } else if (command.kind != Command::Kind::remove) {
    reply.found = *stored;
    if (chance(weather_.no_etag)) reply.found->etag = Etag{};
  }
  return reply;
}

Reply World::read(const Command& command) {
  Reply reply;
  reply.action = command.action;
  const std::size_t behind = chance(weather_.lag) ? 1 + rng_() % 3 : 0;
  if (chance(weather_.refused)) {
    reply.error = Error{ErrorCode::timeout, "too slow"};
  } else if (command.kind == Command::Kind::find) {
    for (const Observed& policy : iam_.list(behind)) {
      const bool fits = key_of(kAccount, policy.content) == command.key;
      if (fits) reply.found = Versioned{policy, Etag{}};
    }
  } else if (auto policy = iam_.get(command.id, behind); policy) {
    reply.found = *policy;
    if (chance(weather_.no_etag)) reply.found->etag = Etag{};
  } else {
    reply.error = policy.error();
  }
  return reply;
}

Result<Versioned> World::write(const Command& command) {
  switch (command.kind) {
    case Command::Kind::create: return iam_.create(command.content, kUs);
    case Command::Kind::replace:
      return iam_.replace(command.id, command.content, command.etag, kUs);
    case Command::Kind::remove: return iam_.remove(command.id, kUs);
    case Command::Kind::restore: return iam_.restore(command.id, command.etag, kUs);
    case Command::Kind::read:
    case Command::Kind::find: break;
  }
  return Error{ErrorCode::internal, "not a write"};
}

/// IAM's master copy has what the action wanted.
bool World::is_true(const Action& action) const {
  if (action.verb == Verb::remove) {
    const auto policy = iam_.get(action.id);
    return !policy || policy->policy.state == PolicyState::deleted;
  }
  const auto fits = [&](const Observed& policy) { return policy.content == action.after; };
  const auto all = iam_.list();
  return std::ranges::count_if(all, fits) == 1;
}

void World::judge_outcomes(const std::vector<Outcome>& outcomes) {
  const auto is_free = [](const Action& action) { return !is_held(action); };
  const auto free = std::ranges::count_if(plan_.actions, is_free);
  if (outcomes.size() != static_cast<std::size_t>(free)) blame(99, "an outcome is missing");

  for (const Outcome& outcome : outcomes) {
    const std::size_t index = outcome.action;
    const Memory& memory = memory_[index];
    const int writes = memory.posts + memory.puts + memory.removes + memory.restores;
    const bool is_done = outcome.kind == OutcomeKind::done;
    if (is_done && outcome.error) blame(index, "done, with an error");
    if (!is_done && !outcome.error) blame(index, "not done, and no word of why");
    if (outcome.wrote && writes == 0) blame(index, "wrote, but sent nothing");
    if (outcome.kind == OutcomeKind::skipped && writes > 0) blame(index, "skipped after a write");
    // Later foreign changes are not its fault: judge it only if nobody else touched the policy.
    if (is_done && !memory.was_meddled_with && !is_true(plan_.actions[index])) {
      blame(index, "done, but IAM does not hold it");
    }
    const bool is_clear = weather_.refused + weather_.lost_before + weather_.lost_after +
                              weather_.no_etag + weather_.lag + weather_.meddling +
                              weather_.nonsense + weather_.stop ==
                          0;
    if (is_clear && !is_done) blame(index, "not done on a clear day");
  }
}

}  // namespace authzd::test
