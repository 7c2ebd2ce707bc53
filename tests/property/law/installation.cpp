// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/installation.hpp"

#include "daemon/cycle/bookkeeping.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace authzd::test {
namespace {

constexpr std::string_view kRevision = "revision-";

template <class T>
void insist(const Result<T>& done) {
  if (!done) throw std::logic_error(to_string(done.error()));
}

/// The hashes of a plan's holds, without duplicates, in the order of its actions.
std::vector<std::string> held(const Plan& plan) {
  std::vector<std::string> hashes;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      if (std::ranges::find(hashes, hold.hash) == hashes.end()) hashes.push_back(hold.hash);
    }
  }
  return hashes;
}

std::string words_of_hold(const Plan& plan, const std::string& hash) {
  std::string words;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      if (hold.hash != hash) continue;
      words += (words.empty() ? hold.rail + ": " : ", ") + std::string(to_string(action.verb)) +
               " " + action.name;
    }
  }
  return words;
}

}  // namespace

void CommittedSource::commit(const Documents& documents) {
  if (history_.back() != documents) history_.push_back(documents);
}

const Documents* CommittedSource::find(const std::string& revision) const {
  if (!revision.starts_with(kRevision)) return nullptr;
  return &history_.at(std::stoul(revision.substr(kRevision.size())));
}

Async<Fetched> CommittedSource::fetch(std::vector<std::string>, std::string known) {
  Snapshot snapshot{std::string(kRevision) + std::to_string(history_.size() - 1), {}};
  if (known != snapshot.revision) snapshot.files = files_of(history_.back());
  co_return snapshot;
}

Installation::Installation(AccountSpec spec, Surroundings& around, bool has_file)
    : spec_(std::move(spec)), around_(around) {
  if (has_file) state_file_ = folder_.emplace().path() / "state.db";
  open_state(state_file_);
  around_.witness.owner_is(spec_.owner);
  AccountState state(database_, spec_.id);
  insist(state.approvals.approve_first_deletes({"a person", clock_.now()}));
}

void Installation::open_state(const std::string& path) {
  process_.reset();
  database_.reset();
  auto opened = path.empty() ? Database::open({}) : Database::open({.path = path});
  insist(opened);
  database_ = std::move(*opened);
}

void Installation::start() {
  AccountParts parts;
  parts.spec = spec_;
  if (around_.flaw == Flaw::unprotects_at_once) parts.spec.rails.protect_release = {};
  parts.run = std::make_shared<std::string>();
  parts.source = source_;
  parts.state = std::make_unique<AccountState>(database_, spec_.id);
  parts.reader = std::make_unique<Wire>(around_);
  parts.writer = std::make_unique<Wire>(around_);
  process_ = std::make_unique<AccountRuntime>(std::move(parts), clock_);
}

/// Work of the process, which may be killed during it.
void Installation::run(const std::function<boost::asio::awaitable<void>()>& work) {
  if (!process_) start();
  std::exception_ptr thrown;
  boost::asio::co_spawn(io_, work, [&thrown](std::exception_ptr error) { thrown = error; });
  io_.restart();
  io_.run();
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const Killed&) {
    process_.reset();
  }
}

void Installation::commit(const Documents& documents) {
  source_->commit(documents);
  around_.witness.considers(documents);
}

void Installation::cycle() {
  if (around_.flaw == Flaw::forgets_its_deletes) {
    open_state({});
    AccountState state(database_, spec_.id);
    insist(state.approvals.approve_first_deletes({"a person", clock_.now()}));
  }
  pass_unheard();
  CycleEnd end;
  const StopToken stop;
  run([&]() -> boost::asio::awaitable<void> {
    end = co_await run_cycle(*process_, "run" + std::to_string(++runs_), stop);
  });
  around_.is_silent = false;
  if (around_.flaw == Flaw::announces_at_once) announce_long_ago();
  if (!end.performed) return;
  const Documents* applied = source_->find(end.performed->planned.revision);
  if (applied != nullptr) around_.witness.applied(*applied, around_.clock.now());
}

void Installation::announce_long_ago() {
  if (!process_) return;
  RailMemory& rails = process_->state().rails;
  const auto standing = rails.ends();
  insist(standing);
  std::map<Key, Timestamp> ends;
  for (const auto& [key, end] : *standing) ends.emplace(key, end.at);
  insist(rails.keep_ends({}, clock_.now()));
  insist(rails.keep_ends(ends, clock_.now() - std::chrono::hours(100)));
}

std::optional<Plan> Installation::look() {
  std::optional<Plan> shown;
  run([&]() -> boost::asio::awaitable<void> {
    auto intent = co_await process_->loader().next(process_->time().latest);
    if (!intent || !intent->good) co_return;
    std::set<std::string> none_approved;
    auto planned = co_await plan_account(
        process_->reading(), std::move(intent->good), std::move(none_approved));
    if (planned) shown = std::move(planned->plan);
  });
  return shown;
}

void Installation::let_through(const Plan& plan, const std::string& hash) {
  if (!process_) start();
  const Timestamp now = process_->time().now;
  const Grantor by{"a person", now, now + spec_.approval_ttl};
  insist(authzd::approve(process_->state(), plan, hash, by));
}

std::string Installation::approve(std::size_t number) {
  const auto plan = look();
  if (!plan) return {};
  const auto hashes = held(*plan);
  if (hashes.empty()) return {};
  const std::string& chosen = hashes[number % hashes.size()];
  around_.witness.approved(*plan, chosen, around_.clock.now());
  for (const std::string& hash : hashes) {
    if (hash == chosen || around_.flaw == Flaw::approves_what_is_held) let_through(*plan, hash);
  }
  return "a person approves " + words_of_hold(*plan, chosen);
}

void Installation::approve_all() {
  const auto plan = look();
  if (!plan) return;
  for (const std::string& hash : held(*plan)) {
    around_.witness.approved(*plan, hash, around_.clock.now());
    let_through(*plan, hash);
  }
}

void Installation::pass_unheard() {
  if (deaf_to_.empty()) return;
  const auto plan = look();
  if (!plan) return;
  for (const Action& action : plan->actions) {
    for (const Hold& hold : action.holds) {
      if (hold.rail.find(deaf_to_) != std::string::npos) let_through(*plan, hold.hash);
    }
  }
}

void Installation::lose_state() {
  if (folder_) state_file_ = folder_->path() / ("state-" + std::to_string(++files_) + ".db");
  open_state(state_file_);
  around_.witness.state_was_lost();
}

std::string Installation::keep_backup() {
  process_.reset();
  database_.reset();
  backup_ = folder_->path() / ("backup-" + std::to_string(++files_) + ".db");
  std::filesystem::copy_file(state_file_, backup_);
  open_state(state_file_);
  around_.witness.state_was_kept();
  return "a backup of the state is made";
}

std::string Installation::put_backup_back() {
  if (backup_.empty()) return {};
  process_.reset();
  database_.reset();
  state_file_ = folder_->path() / ("state-" + std::to_string(++files_) + ".db");
  std::filesystem::copy_file(backup_, state_file_);
  open_state(state_file_);
  around_.witness.state_was_put_back();
  return "the backup of the state is put back";
}

void Installation::rename(const std::string& owner) {
  spec_.previous_owners.insert(spec_.owner);
  spec_.previous_owners.erase(owner);
  spec_.owner = owner;
  around_.witness.owner_is(owner);
  process_.reset();
}

}  // namespace authzd::test
