// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/world.hpp"

#include <algorithm>
#include <array>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

// No sum of a few is a whole day, so that no step falls on the edge of a window.
constexpr std::array<std::chrono::minutes, kWaits> kWaitTimes = {
    5min, 61min, 183min, 787min, 1'507min};

Rules rules_of(std::uint64_t seed) {
  Rules rules;
  rules.max_delete = 1 + seed % 2;
  rules.used_within = seed / 2 % 2 == 0 ? 72h : 0h;
  rules.hold_unknown = seed / 4 % 4 == 0;
  rules.may_adopt = seed / 16 % 2 == 0;
  rules.grace = seed / 64 % 2 == 0 ? 1h : 0h;
  rules.hold_delegators = seed / 128 % 2 == 0;
  return rules;
}

AccountSpec spec_of(const Rules& rules, std::uint64_t seed) {
  AccountSpec spec;
  spec.name = "law";
  spec.id = kLawAccount;
  spec.owner = "prod";
  spec.mode = Mode::sync;
  if (rules.may_adopt) spec.adopt = seed / 32 % 2 == 0 ? Adopt::identical : Adopt::always;
  spec.allow_empty = true;
  spec.allow_empty_account = true;
  spec.concurrency = 1;
  spec.rail_window = rules.window;
  spec.rails.limits.max_delete = rules.max_delete;
  spec.rails.limits.max_delete_percent = 100;
  spec.rails.hold_used_within = rules.used_within;
  spec.rails.hold_unknown = rules.hold_unknown;
  spec.rails.removal_grace.wait = rules.grace;
  spec.rails.hold_delegators = rules.hold_delegators;
  return spec;
}

bool needs_file(const Story& story) {
  return std::ranges::any_of(story,
                             [](const Step& step) { return step.deed == Deed::keep_backup; });
}

}  // namespace

World::World(const Setting& setting, const Story& story)
    : story_(story),
      rules_(rules_of(setting.seed)),
      around_(rules_, setting.flaw),
      installation_(spec_of(rules_, setting.seed), around_, needs_file(story)) {
  around_.iam.follow([this] { return around_.iam_now(); });
  installation_.be_deaf_to(setting.deaf_to);
}

std::vector<Finding> World::live() {
  for (const Step& step : story_) {
    const std::string words = take(step);
    if (!words.empty()) told_ += "  " + to_rfc3339(around_.clock.now()) + "  " + words + "\n";
  }
  come_to_rest();
  return around_.witness.findings();
}

std::string World::take(const Step& step) {
  if (step.deed <= Deed::describe) return author_.take(step, around_.clock.now());
  if (step.deed <= Deed::use) return hands_.take(step);
  switch (step.deed) {
    case Deed::cycle: return cycle(kWaitTimes.at(step.c % kWaits));
    case Deed::wait: pass(kWaitTimes.at(step.c % kWaits)); return "time passes";
    case Deed::restart: installation_.restart(); return "the daemon restarts";
    case Deed::lose_state: installation_.lose_state(); return "the state is lost";
    case Deed::keep_backup: return installation_.keep_backup();
    case Deed::put_backup_back: return installation_.put_backup_back();
    case Deed::rename_owner:
      is_renamed_ = !is_renamed_;
      installation_.rename(is_renamed_ ? "next" : "prod");
      return "the owner has another name";
    case Deed::jump_host_clock: return jump_host_clock(step);
    case Deed::jump_iam_clock: return jump_iam_clock(step);
    case Deed::stop_dates: return stop_dates();
    case Deed::lag:
      around_.behind = step.c % 3;
      return "reads lag by " + std::to_string(around_.behind) + " writes";
    case Deed::trouble: return make_trouble(step);
    case Deed::hide_a_write: return hide_a_write(step);
    default: return installation_.approve(step.c);
  }
}

/// Replicas have caught up before the next cycle.
void World::pass(std::chrono::minutes time) {
  around_.clock.advance(time);
  around_.iam.settle();
}

std::string World::cycle(std::chrono::minutes wait) {
  pass(wait);
  installation_.commit(author_.documents());
  const std::size_t before = around_.witness.writes();
  installation_.cycle();
  const std::size_t writes = around_.witness.writes() - before;
  return "a cycle, " + std::to_string(writes) + " writes";
}

std::string World::jump_host_clock(const Step& step) {
  constexpr std::array<std::chrono::minutes, 5> kOffsets = {
      0min, 1'500min, 3'000min, -1'500min, 20min};
  const auto offset = kOffsets.at(step.c % kOffsets.size());
  around_.host_offset = offset;
  return "the host's clock is off by " + std::to_string(offset.count()) + " min";
}

/// Never by as much as the host's: two clocks that agree define the time, as far as anyone can
/// tell.
std::string World::jump_iam_clock(const Step& step) {
  constexpr std::array<std::chrono::minutes, 4> kOffsets = {0min, 1'700min, -1'700min, 40min};
  const auto offset = kOffsets.at(step.c % kOffsets.size());
  around_.iam_offset = offset;
  around_.witness.iam_was_wrong();
  return "IAM's Date is off by " + std::to_string(offset.count()) + " min";
}

std::string World::stop_dates() {
  around_.sends_date = !around_.sends_date;
  return around_.sends_date ? "IAM's replies have a Date again" : "IAM's replies have no Date";
}

std::string World::make_trouble(const Step& step) {
  constexpr std::array kWords = {"none",
                                 "a refusal",
                                 "a request that is lost",
                                 "a reply that is lost",
                                 "a kill before it",
                                 "a kill after it"};
  around_.trouble = static_cast<Trouble>(1 + step.a % 5);
  around_.trouble_in = step.c % 8;
  return "in call " + std::to_string(around_.trouble_in + 1) +
         " from now: " + kWords.at(1 + step.a % 5);
}

std::string World::hide_a_write(const Step& step) {
  constexpr std::array kWords = {
      "the reply to the next write is lost, and no call after it is answered",
      "the reply to the next write says that it was not done",
      "the daemon is killed after its next write"};
  around_.next_write = static_cast<Hidden>(1 + step.a % kWords.size());
  return kWords.at(step.a % kWords.size());
}

/// Clocks are right, nobody edits IAM, and a person approves everything that is shown.
void World::come_to_rest() {
  around_.host_offset = 0min;
  around_.iam_offset = 0min;
  around_.sends_date = true;
  around_.behind = 0;
  around_.trouble = Trouble::none;
  around_.next_write = Hidden::no;
  told_ += "  then all comes to rest, and a person approves what is held\n";
  for (const Observed& policy : around_.iam.list()) {
    if (policy.id.value.starts_with("9999")) around_.iam.purge(policy.id);
  }
  for (const auto wait : {5min, 61min, 61min, 3'001min, 61min, 61min, 3'001min, 61min, 61min}) {
    pass(wait);
    installation_.commit(author_.documents());
    installation_.approve_all();
    installation_.cycle();
  }
  around_.witness.judge_the_end(around_.iam.list(), around_.clock.now());
}

}  // namespace authzd::test
