// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The law of the waves, against an adversary who commits, breaks accounts, changes their labels,
// suspends them, restarts the process, lets its clock jump, and asks for whatever a person may ask
// for. However it goes: no account takes a revision before every account of the waves before it has
// ended a clean cycle with it and `after` has passed, nor while one that took it is in trouble with
// it, nor beyond `max`, nor backwards, nor while the rollout is paused; unless it is promoted.
#include "daemon/service/rollout_keeper.hpp"
#include "daemon/state/database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace authzd {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::size_t kAccounts = 7;
constexpr std::size_t kEvents = 250;
constexpr unsigned kWorlds = 100;

std::string name_of(std::size_t revision) {
  return "r" + std::to_string(revision);
}

/// What really is with one account.
struct Truth {
  std::size_t ring = 0;  // its label: the wave, or none
  bool is_suspended = false;
  bool is_out = false;
  std::size_t has = 0;           // the revision in force
  std::size_t taken = 0;         // the newest one that it may have all of
  std::size_t narrows = 0;       // the one of which it carries out what narrows; 0: none
  std::size_t done = 0;          // the newest one that a clean cycle ended with
  bool is_seen = false;          // a cycle has ended since it took the newest
  std::set<std::string> marks;   // of its trouble in the last cycle
  std::set<std::string> before;  // and those that it had when it took the revision
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed), database_(*Database::open({})) {
    const WaveLimit half{50, true};
    const WaveLimit one{1, false};
    rules_.waves = {{.name = "canary", .match = {{"ring", "0"}}},
                    {.name = "early",
                     .match = {{"ring", "1"}},
                     .after = minutes(pick(3) * 30),
                     .max = pick(2) == 0 ? half : one},
                    {.match = {{"ring", "2"}}, .after = minutes(60)}};
    if (pick(4) == 0) rules_.stop_on = {Trouble::failed};
    for (Truth& account : accounts_) account.ring = pick_ring();
    open();
  }

  void step() {
    const std::size_t who = pick(kAccounts);
    now_ += minutes(pick(25));
    switch (pick(16)) {
      case 0: ++head_; break;
      case 1: accounts_[who].ring = pick_ring(), follow(); break;
      case 2: open(); break;
      case 3: host_off_ = minutes(pick(2) == 0 ? 0 : 600) * (pick(2) == 0 ? 1 : -1); break;
      case 4: toggle_suspension(who); break;
      case 5: accounts_[who].is_out = pick(3) == 0, follow(); break;
      case 6: ask_of_a_person(); break;
      default: cycle(who); break;
    }
    look_at_waves();
  }

 private:
  std::size_t pick(std::size_t n) { return random_() % n; }

  /// Most are in the wave with a limit.
  std::size_t pick_ring() {
    constexpr std::array<std::size_t, 7> kRings{0, 1, 1, 1, 1, 2, 3};
    return kRings.at(pick(kRings.size()));
  }
  static AccountId id(std::size_t who) { return AccountId("account" + std::to_string(who)); }

  /// IAM's clock is right; this host's may be anywhere.
  TrustedTime time() {
    const bool is_heard = pick(10) != 0;
    const auto heard =
        is_heard ? std::optional(HeardDate{now_, milliseconds(0), milliseconds(0)}) : std::nullopt;
    const TrustedTime time = judge_time(now_ + host_off_, heard, last_trusted_);
    if (time.is_trusted()) last_trusted_ = time.now;
    return time;
  }

  void open() {
    keeper_ = *RolloutKeeper::open(database_);
    follow();
  }

  void follow() {
    std::vector<RolloutAccount> accounts;
    for (std::size_t who = 0; who < kAccounts; ++who) {
      accounts.push_back({id(who),
                          id(who).value,
                          {{"ring", std::to_string(accounts_[who].ring)}},
                          accounts_[who].is_out});
    }
    ASSERT_TRUE(keeper_->follow(rules_, accounts));
  }

  void toggle_suspension(std::size_t who) {
    Suspensions suspensions(database_);
    accounts_[who].is_suspended = !accounts_[who].is_suspended;
    ASSERT_TRUE(accounts_[who].is_suspended ? suspensions.suspend({id(who), "alice", now_})
                                            : suspensions.resume(id(who)));
  }

  void ask_of_a_person() {
    switch (pick(8)) {
      case 0:
        is_promoted_ = keeper_->promote({}, false, "alice", time()).has_value() || is_promoted_;
        if (is_promoted_) is_paused_ = false;
        break;
      case 1:
      case 2:
        if (keeper_->promote({}, true, "alice", time())) is_urgent_ = true, is_paused_ = false;
        break;
      case 3:
      case 4: is_paused_ = keeper_->pause("alice", time()).has_value() || is_paused_; break;
      default:
        if (keeper_->resume("alice", time())) is_paused_ = false;
    }
  }

  bool counts(const Truth& account) const { return !account.is_out && !account.is_suspended; }

  bool is_in_trouble(const Truth& account) const {
    if (account.taken != newest_ || !account.is_seen) return false;
    for (const std::string& mark : account.marks) {
      const bool stops = mark.starts_with("failed") || rules_.stop_on.size() == 3;
      if (stops && !account.before.contains(mark)) return true;
    }
    return false;
  }

  bool are_done(std::size_t waves) const {
    for (const Truth& account : accounts_) {
      if (account.ring < waves && counts(account) && account.done != newest_) return false;
    }
    return true;
  }

  /// Since when the first waves really are complete.
  void look_at_waves() {
    const bool stops = std::ranges::any_of(
        accounts_, [&](const Truth& account) { return counts(account) && is_in_trouble(account); });
    if (newest_ != 0 && are_done(rules_.count()) && !stops) was_complete_ = true;
    for (std::size_t waves = 0; waves < since_.size(); ++waves) {
      if (!are_done(waves))
        since_[waves].reset();
      else if (!since_[waves])
        since_[waves] = now_;
    }
  }

  void check_taking(std::size_t who, bool is_first) {
    const Truth& account = accounts_[who];
    EXPECT_GE(newest_, account.taken) << "backwards";
    if (!is_first) return;
    EXPECT_FALSE(is_paused_) << "paused";
    EXPECT_FALSE(account.is_suspended) << "suspended";
    if (is_promoted_) return;
    EXPECT_TRUE(are_done(account.ring)) << "before the waves before it are done";
    for (const Truth& other : accounts_) {
      EXPECT_FALSE(counts(other) && is_in_trouble(other)) << "while another is in trouble";
    }
    if (account.ring == 0 || account.ring >= rules_.waves.size()) return;
    const Wave& wave = rules_.waves[account.ring];
    EXPECT_GE(now_ - since_[account.ring].value_or(now_), wave.after) << "too early";
    if (!wave.max) return;
    std::size_t all = 0;
    std::size_t under_way = 0;
    for (const Truth& other : accounts_) {
      if (other.ring != account.ring || !counts(other)) continue;
      ++all;
      under_way += &other != &account && other.taken == newest_ && other.done != newest_;
    }
    EXPECT_LT(under_way, wave.max->of(all)) << "too many on their way";
  }

  /// The account asks as its loader does, and tells how its cycle ended.
  void cycle(std::size_t who) {
    Truth& account = accounts_[who];
    if (account.is_out) return;
    // It may read the source before the newest commit; such a commit is never asked for again.
    if (pick(5) != 0) ask(who);
    if (pick(3) == 0) return;  // it is under way for long
    CycleFaring faring;
    faring.narrows = account.narrows != 0;
    if (account.has != 0 && pick(8) != 0) faring.revision = name_of(account.has);
    faring.is_applied = !faring.revision.empty() && !account.is_suspended;
    account.marks.clear();
    account.is_seen = true;
    for (const Trouble trouble : kTroubles) {
      if (pick(7) != 0) continue;
      const std::string mark = std::string(to_string(trouble)) + std::to_string(pick(2));
      account.marks.insert(mark);
      faring.symptoms.push_back({trouble, mark, "text", {}});
    }
    std::erase_if(account.before,
                  [&](const std::string& mark) { return !account.marks.contains(mark); });
    const bool is_whole = faring.is_applied && !faring.narrows && account.has == account.taken;
    if (is_whole && account.has == newest_ && !is_in_trouble(account)) account.done = newest_;
    ASSERT_TRUE(keeper_->note(id(who), faring, time()));
  }

  void ask(std::size_t who) {
    Truth& account = accounts_[who];
    if (head_ != newest_) {
      is_fresh_ = newest_ == 0 || was_complete_;
      was_complete_ = false;
      newest_ = head_;
      is_promoted_ = is_urgent_ = false;
      look_at_waves();
    }
    const std::string in_force = account.has == 0 ? "" : name_of(account.has);
    const auto answer = keeper_->ask(id(who), name_of(newest_), in_force, time());
    ASSERT_TRUE(answer);
    if (answer->passage == Passage::take) {
      const bool is_first = account.taken != newest_;
      check_taking(who, is_first);
      const bool is_next = is_first && account.narrows != newest_;
      if (is_next && is_fresh_) account.before = account.marks;
      if (is_first) account.is_seen = false;
      account.has = account.taken = newest_;
      account.narrows = 0;
    } else if (answer->passage == Passage::narrow) {
      EXPECT_TRUE(is_urgent_) << "nobody said that it is urgent";
      EXPECT_NE(account.taken, newest_) << "it had all of it";
      EXPECT_TRUE(!is_paused_ || account.narrows == newest_) << "paused";
      if (account.narrows != newest_ && is_fresh_) account.before = account.marks;
      account.has = account.narrows = newest_;
    } else {
      EXPECT_NE(account.has, newest_) << "it had it, or what narrows of it";
    }
  }

  std::mt19937 random_;
  std::shared_ptr<Database> database_;
  std::shared_ptr<RolloutKeeper> keeper_;
  RolloutRules rules_;
  std::array<Truth, kAccounts> accounts_;
  std::size_t head_ = 1;
  std::size_t newest_ = 0;
  bool is_fresh_ = true;       // the revision before went everywhere
  bool was_complete_ = false;  // so did the newest one
  bool is_promoted_ = false;
  bool is_urgent_ = false;
  bool is_paused_ = false;
  Timestamp now_{milliseconds(1'790'000'000'000)};
  milliseconds host_off_{0};
  std::optional<Timestamp> last_trusted_;
  std::array<std::optional<Timestamp>, 4> since_;
};

TEST(RolloutLaw, NoAccountTakesARevisionBeforeItsTurn) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    World world(seed);
    for (std::size_t i = 0; i < kEvents; ++i) {
      world.step();
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", event " << i;
    }
  }
}

}  // namespace
}  // namespace authzd
