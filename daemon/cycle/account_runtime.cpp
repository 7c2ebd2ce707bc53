// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/account_runtime.hpp"

#include "reconciler/base/text.hpp"

#include <string>
#include <utility>

namespace authzd {
namespace {

/// An unreadable state is reported wherever more of it is needed; nothing is released until then.
std::optional<Timestamp> last_trusted(const AccountState& state) {
  const auto last = state.times.last_trusted();
  return last ? *last : std::nullopt;
}

}  // namespace

AccountRuntime::AccountRuntime(AccountParts parts, Clock& clock)
    : parts_(std::move(parts)),
      clock_(clock),
      loader_(parts_.spec,
              parts_.source.get(),
              *parts_.state,
              parts_.is_offline ? nullptr : parts_.reader.get(),
              parts_.grants_room,
              parts_.parsed,
              parts_.selectors),
      standing_(std::make_shared<Standing>(clock, last_trusted(*parts_.state))) {
  if (parts_.rollout) {
    loader_.sit({parts_.rollout, parts_.spec.id, [this] { return time(); }});
  }
  status().name = parts_.spec.name;
  status().id = parts_.spec.id;
  status().mode = parts_.spec.mode;
  status().policy_limit = parts_.spec.policy_limit;
  status().approve_options = parts_.spec.approve_options;
}

void AccountRuntime::begin_run(std::string id, RunKind kind, std::string who) {
  if (parts_.run) *parts_.run = id;
  run_ = {};
  run_.id = std::move(id);
  run_.kind = kind;
  run_.who = std::move(who);
  run_.began = clock_.now();
  is_run_recorded_ = false;
}

Result<void> AccountRuntime::record_run(const std::string& revision) {
  if (is_run_recorded_) return {};
  run_.revision = revision;
  const TrustedTime time = this->time();
  if (time.is_trusted()) {
    if (auto kept = parts_.state->times.keep(time.now); !kept) return kept;
  }
  auto begun = parts_.state->runs.begin(run_);
  is_run_recorded_ = begun.has_value();
  return begun;
}

boost::asio::awaitable<FairGate::Pass> AccountRuntime::turn() {
  const auto gate = gate_;
  if (gate == nullptr) co_return FairGate::Pass();
  co_return co_await gate->enter();
}

void AccountRuntime::inherit(const AccountRuntime& old) {
  standing_ = old.standing_;
  gate_ = old.gate_;
  loader_.inherit(old.loader_);
  status().name = parts_.spec.name;
  status().mode = parts_.spec.mode;
  status().policy_limit = parts_.spec.policy_limit;
  status().approve_options = parts_.spec.approve_options;
}

Commit commit_of(const AccountRuntime& account, const std::string& revision) {
  if (!is_commit_id(revision)) return {};
  Commit commit{revision};
  // An unreadable state is reported elsewhere.
  if (auto found = account.state().commits.find(revision); found && found->is_known()) {
    commit = std::move(*found);
  }
  commit.link = commit_link(account.spec().commit_link, revision);
  return commit;
}

std::optional<Error> find_suspension(const AccountRuntime& account, RunKind kind) {
  if (kind == RunKind::release) return std::nullopt;
  const AccountSpec& spec = account.spec();
  const auto suspension = account.state().suspensions.of(spec.id);
  if (!suspension) return suspension.error();
  if (!*suspension) return std::nullopt;
  const bool alone = (*suspension)->account.has_value();
  return Error{ErrorCode::unsafe_plan,
               "account " + printable(spec.name) + " is suspended since " +
                   to_rfc3339((*suspension)->since) + " by " + printable((*suspension)->who) +
                   (alone ? "" : ", with all others") + "; end that with 'authzd resume" +
                   (alone ? " " + printable(spec.name) : "") + "'"};
}

}  // namespace authzd
