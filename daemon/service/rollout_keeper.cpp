// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/rollout_keeper.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace authzd {
namespace {

const RolloutMember* find_member(const std::vector<RolloutMember>& members,
                                 const AccountId& account) {
  const auto found = std::ranges::find(members, account, &RolloutMember::account);
  return found == members.end() ? nullptr : &*found;
}

bool may_go_on(const RolloutRules& rules,
               const Rollout& rollout,
               const RolloutStanding& standing,
               const RolloutMember& member,
               const TrustedTime& time) {
  if (member.reached == RolloutStep::taken || member.reached == RolloutStep::done) return false;
  const Passage passage = judge(rules, rollout, standing, member, time).passage;
  return passage == Passage::take ||
         (passage == Passage::narrow && member.reached == RolloutStep::nothing);
}

/// How many more accounts of each wave may be on their way.
std::vector<std::size_t> rooms_of(const RolloutRules& rules, const RolloutStanding& standing) {
  std::vector<std::size_t> rooms;
  for (std::size_t i = 0; i < rules.count(); ++i) {
    const WaveStanding& wave = standing.waves[i];
    const bool has_limit = i < rules.waves.size() && rules.waves[i].max.has_value();
    const std::size_t limit = has_limit ? rules.waves[i].max->of(wave.accounts) : wave.accounts;
    rooms.push_back(limit - std::min(limit, wave.under_way));
  }
  return rooms;
}

Error nothing_to_do(std::string why) {
  return {ErrorCode::conflict, std::move(why)};
}

}  // namespace

Result<std::shared_ptr<RolloutKeeper>> RolloutKeeper::open(std::shared_ptr<Database> database) {
  const RolloutStore store(database);
  auto kept = store.rollout();
  if (!kept) return std::move(kept).error();
  auto progress = store.accounts();
  if (!progress) return std::move(progress).error();
  if (database->is_older_copy()) {
    kept->rollout.is_promoted = false;
    kept->rollout.is_urgent = false;
    kept->rollout.complete.clear();
  }
  return std::shared_ptr<RolloutKeeper>(
      new RolloutKeeper(std::move(database), std::move(*kept), std::move(*progress)));
}

RolloutKeeper::RolloutKeeper(std::shared_ptr<Database> database,
                             KeptRollout kept,
                             std::map<AccountId, RolloutProgress> progress)
    : store_(database),
      suspensions_(std::move(database)),
      kept_(std::move(kept)),
      progress_(std::move(progress)) {}

Result<void> RolloutKeeper::follow(RolloutRules rules, std::vector<RolloutAccount> accounts) {
  rules_ = std::move(rules);
  accounts_ = std::move(accounts);
  woken_.clear();
  if (!has_waves()) return {};
  KeptRollout kept = kept_;
  kept.rules = sha256_hex(rules_text(rules_));
  if (kept.rules != kept_.rules) kept.rollout.complete.clear();
  return keep(std::move(kept));
}

Result<std::vector<RolloutMember>> RolloutKeeper::members(const std::string& revision) const {
  const auto suspensions = suspensions_.list();
  if (!suspensions) return suspensions.error();
  std::set<AccountId> suspended;
  bool are_all = false;
  for (const Suspension& suspension : *suspensions) {
    if (suspension.account) suspended.insert(*suspension.account);
    are_all = are_all || !suspension.account;
  }
  std::vector<RolloutMember> members;
  members.reserve(accounts_.size());
  for (const RolloutAccount& account : accounts_) {
    RolloutMember& member = members.emplace_back();
    member.account = account.id;
    member.name = account.name;
    member.wave = authzd::wave_of(rules_, account.labels);
    // If all are suspended, they wait for each other, and no wave becomes complete.
    member.counts = !account.is_out && (are_all || !suspended.contains(account.id));
    member.is_suspended = are_all || suspended.contains(account.id);
    const auto found = progress_.find(account.id);
    if (found == progress_.end()) continue;
    member.reached = reached_of(found->second, revision);
    if (member.reached == RolloutStep::nothing) continue;
    member.trouble = found->second.trouble;
    member.why = found->second.why;
  }
  return members;
}

GateAnswer RolloutKeeper::answer_of(const RolloutAnswer& answer,
                                    const std::string& revision) const {
  GateAnswer out{answer.passage, std::nullopt};
  if (!answer.why) return out;
  out.wait = RolloutWait{revision,
                         wave_text(rules_, answer.wave),
                         reason_text(rules_, answer),
                         answer.passage == Passage::narrow};
  return out;
}

Result<GateAnswer> RolloutKeeper::look(const AccountId& account,
                                       const std::string& revision,
                                       const TrustedTime& time) const {
  const auto members = this->members(revision);
  if (!members) return members.error();
  const RolloutMember* member = find_member(*members, account);
  if (member == nullptr) return GateAnswer{};
  const bool is_newest = revision == kept_.rollout.revision;
  Rollout rollout = is_newest ? kept_.rollout : next_rollout(kept_.rollout, revision, time.now);
  rollout = with_completion(std::move(rollout), rules_, *members, time);
  return answer_of(judge(rules_, rollout, standing_of(rules_, *members), *member, time), revision);
}

Result<GateAnswer> RolloutKeeper::ask(const AccountId& account,
                                      const std::string& revision,
                                      const std::string& in_force,
                                      const TrustedTime& time) {
  KeptRollout kept = kept_;
  if (revision != kept.rollout.revision) {
    kept.rollout = next_rollout(kept_.rollout, revision, time.now);
    woken_.clear();
  }
  const RolloutProgress before = progress_[account];
  const bool has_it = reached_of(before, revision) >= RolloutStep::taken;
  if (has_it && kept.rollout == kept_.rollout) return GateAnswer{};
  const auto members = this->members(revision);
  if (!members) return members.error();
  kept.rollout = with_completion(std::move(kept.rollout), rules_, *members, time);
  if (auto done = keep(kept); !done) return std::move(done).error();
  const RolloutMember* member = find_member(*members, account);
  if (member == nullptr) return GateAnswer{};
  RolloutAnswer answer = judge(rules_, kept.rollout, standing_of(rules_, *members), *member, time);
  // It had the revision before there were waves, or takes none.
  const bool has_all = in_force == revision && member->reached != RolloutStep::narrowing;
  if (has_all) answer = {};
  RolloutProgress after =
      after_passage(before, revision, in_force, answer.passage, kept.rollout.is_fresh);
  if (auto done = keep(account, std::move(after)); !done) return std::move(done).error();
  return answer_of(answer, revision);
}

Result<std::optional<RolloutWait>> RolloutKeeper::narrows(const AccountId& account,
                                                          const std::string& revision,
                                                          const TrustedTime& time) const {
  std::optional<RolloutWait> none;
  const auto found = progress_.find(account);
  if (found == progress_.end() || reached_of(found->second, revision) != RolloutStep::narrowing) {
    return none;
  }
  auto answer = look(account, revision, time);
  if (!answer) return std::move(answer).error();
  // Its wave may have come: that is asked when the source shows the revision again.
  if (!answer->wait) answer->wait = RolloutWait{revision, "its wave", "its wave has come"};
  answer->wait->is_started = true;
  return std::move(answer->wait);
}

Result<RolloutNews> RolloutKeeper::note(const AccountId& account,
                                        const CycleFaring& cycle,
                                        const TrustedTime& time) {
  RolloutNews news;
  RolloutProgress after = after_cycle(progress_[account], cycle, rules_.stop_on);
  const bool is_same = after == progress_[account];
  const bool was_complete = kept_.rollout.is_complete;
  if (auto done = keep(account, std::move(after)); !done) return std::move(done).error();
  if (kept_.rollout.revision.empty() || (is_same && was_complete)) return news;
  if (auto done = advance(time); !done) return std::move(done).error();
  if (kept_.rollout.is_complete && !was_complete) news.complete = kept_.rollout.revision;
  const RolloutProgress& progress = progress_[account];
  const Rollout& rollout = kept_.rollout;
  const bool goes_on = !rollout.is_complete && (!rollout.is_promoted || rollout.is_paused);
  if (goes_on && progress.revision == rollout.revision && progress.trouble) {
    news.stopped = std::string(short_revision(progress.revision)) + " goes no further: it is " +
                   std::string(to_string(*progress.trouble)) + " with it: " + progress.why;
  }
  if (!is_same) wake_open(time);
  return news;
}

Result<void> RolloutKeeper::advance(const TrustedTime& time) {
  const auto members = this->members(kept_.rollout.revision);
  if (!members) return members.error();
  KeptRollout kept = kept_;
  kept.rollout = with_completion(std::move(kept.rollout), rules_, *members, time);
  return keep(std::move(kept));
}

Result<void> RolloutKeeper::keep(KeptRollout kept) {
  if (kept == kept_) return {};
  if (auto done = store_.keep(kept); !done) return done;
  kept_ = std::move(kept);
  return {};
}

Result<void> RolloutKeeper::keep(const AccountId& account, RolloutProgress progress) {
  RolloutProgress& known = progress_[account];
  if (progress == known) return {};
  if (auto done = store_.keep(account, progress); !done) return done;
  known = std::move(progress);
  return {};
}

Result<void> RolloutKeeper::say(KeptRollout kept,
                                std::string word,
                                const std::string& who,
                                const TrustedTime& time) {
  kept.who = who;
  kept.word = std::move(word);
  kept.at = time.now;
  if (auto done = keep(std::move(kept)); !done) return done;
  woken_.clear();
  wake_open(time);
  return {};
}

Result<void> RolloutKeeper::pause(const std::string& who, const TrustedTime& time) {
  if (kept_.rollout.is_paused) return nothing_to_do("the rollout is paused already");
  KeptRollout kept = kept_;
  kept.rollout.is_paused = true;
  return say(std::move(kept), "pause", who, time);
}

Result<void> RolloutKeeper::resume(const std::string& who, const TrustedTime& time) {
  if (!kept_.rollout.is_paused) return nothing_to_do("the rollout is not paused");
  KeptRollout kept = kept_;
  kept.rollout.is_paused = false;
  return say(std::move(kept), "resume", who, time);
}

Result<void> RolloutKeeper::promote(const std::string& revision,
                                    bool is_urgent,
                                    const std::string& who,
                                    const TrustedTime& time) {
  KeptRollout kept = kept_;
  Rollout& rollout = kept.rollout;
  if (rollout.revision.empty()) return nothing_to_do("no account has seen a revision yet");
  if (!rollout.revision.starts_with(revision)) {
    return Error{ErrorCode::rejected,
                 printable(revision) + " is not the newest revision, which is " +
                     printable(rollout.revision)};
  }
  if (rollout.is_promoted) return nothing_to_do("the newest revision is promoted already");
  const auto members = this->members(rollout.revision);
  if (!members) return members.error();
  if (standing_of(rules_, *members).waves.back().is_complete) {
    return nothing_to_do("every account has the newest revision already");
  }
  rollout.is_promoted = !is_urgent;
  rollout.is_urgent = rollout.is_urgent || is_urgent;
  rollout.is_paused = false;
  return say(std::move(kept), is_urgent ? "promote --urgent" : "promote", who, time);
}

Result<std::optional<RolloutView>> RolloutKeeper::view(const TrustedTime& time) const {
  std::optional<RolloutView> none;
  if (!has_waves()) return none;
  const auto members = this->members(kept_.rollout.revision);
  if (!members) return members.error();
  RolloutView view = view_of(rules_, kept_.rollout, *members, time);
  view.who = kept_.who;
  view.word = kept_.word;
  return std::optional(std::move(view));
}

/// Each once, and of a wave with a limit no more than it has room for. An unreadable state is
/// reported by the cycles, which ask again anyway.
void RolloutKeeper::wake_open(const TrustedTime& time) {
  if (!wake_) return;
  const auto members = this->members(kept_.rollout.revision);
  if (!members) return;
  const RolloutStanding standing = standing_of(rules_, *members);
  std::vector<std::size_t> rooms = rooms_of(rules_, standing);
  for (const RolloutMember& member : *members) {
    const bool may = may_go_on(rules_, kept_.rollout, standing, member, time);
    const bool is_free = kept_.rollout.is_promoted || kept_.rollout.is_urgent;
    if (!may || (!is_free && rooms[member.wave] == 0)) continue;
    if (rooms[member.wave] > 0) --rooms[member.wave];
    if (woken_.insert(member.account).second) wake_(member.account);
  }
}

}  // namespace authzd
