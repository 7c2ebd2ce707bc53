// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/story.hpp"

#include "tests/property/law/universe.hpp"

#include <array>
#include <random>
#include <utility>

namespace authzd::test {
namespace {

using Rng = std::mt19937_64;

struct Weighted {
  Deed deed;
  unsigned weight;
};

// Every story has cycles and commits; each climate adds its own steps.
constexpr std::array kAlways = {
    Weighted{Deed::cycle, 60},
    Weighted{Deed::write_document, 12},
    Weighted{Deed::remove_document, 10},
    Weighted{Deed::rename_document, 4},
    Weighted{Deed::move_document, 1},
    Weighted{Deed::remove_all, 2},
    Weighted{Deed::set_roles, 6},
    Weighted{Deed::set_roles_of_all, 2},
    Weighted{Deed::set_end, 6},
    Weighted{Deed::set_end_of_all, 3},
    Weighted{Deed::toggle_protect, 4},
    Weighted{Deed::toggle_suspend, 3},
    Weighted{Deed::toggle_release, 3},
    Weighted{Deed::toggle_unknown_role, 3},
    Weighted{Deed::describe, 3},
    Weighted{Deed::use, 8},
    Weighted{Deed::approve, 8},
};
constexpr std::array kHands = {
    Weighted{Deed::hand_sets_roles, 10},
    Weighted{Deed::hand_sets_target, 6},
    Weighted{Deed::hand_strips_marker, 6},
    Weighted{Deed::hand_adds_marker, 6},
    Weighted{Deed::hand_copies_marker, 4},
    Weighted{Deed::hand_deletes, 6},
    Weighted{Deed::hand_creates, 8},
    Weighted{Deed::service_creates, 3},
    Weighted{Deed::other_account_shows, 3},
};
constexpr std::array kClocks = {
    Weighted{Deed::jump_host_clock, 16},
    Weighted{Deed::jump_iam_clock, 8},
    Weighted{Deed::stop_dates, 6},
};
constexpr std::array kMemory = {
    Weighted{Deed::restart, 8},
    Weighted{Deed::lose_state, 4},
    Weighted{Deed::keep_backup, 6},
    Weighted{Deed::put_backup_back, 6},
    Weighted{Deed::rename_owner, 3},
    Weighted{Deed::lag, 8},
    Weighted{Deed::trouble, 12},
};

constexpr std::array kSilence = {
    Weighted{Deed::hide_a_write, 16},
    Weighted{Deed::hand_annotates, 10},
    Weighted{Deed::hand_sets_roles, 6},
    Weighted{Deed::hand_deletes, 4},
    Weighted{Deed::restart, 4},
    Weighted{Deed::lag, 4},
};

std::vector<Weighted> weights_of(Climate climate) {
  std::vector<Weighted> all(kAlways.begin(), kAlways.end());
  const auto add = [&all](const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
  const bool is_storm = climate == Climate::storm;
  if (is_storm || climate == Climate::hands) add(kHands);
  if (is_storm || climate == Climate::clocks) add(kClocks);
  if (is_storm || climate == Climate::memory) add(kMemory);
  if (is_storm || climate == Climate::silence) add(kSilence);
  return all;
}

class NoticeSender {
 public:
  NoticeSender(std::uint64_t seed, Climate climate)
      : rng_(seed),
        climate_(climate),
        begins_unseen_(climate == Climate::silence && seed % 4 == 2),
        weights_(weights_of(climate)) {}

  Story tell() {
    const std::size_t documents = 3 + rng_() % 3;
    for (std::size_t i = 0; i < documents; ++i) add({Deed::write_document, i, rng_(), rng_()});
    add({Deed::cycle, 0, 0, 0});
    if (begins_unseen_) narrow_unseen();
    for (std::size_t steps = 12 + rng_() % 14; steps > 0; --steps) {
      if (rng_() % 8 == 0) {
        attack();
      } else {
        add({any_deed(), rng_(), rng_(), rng_()});
      }
    }
    return std::move(story_);
  }

 private:
  void add(Step step) {
    story_.push_back({step.deed, step.a % 1'000, step.b % 1'000, step.c % 1'000});
  }
  void act(Deed deed) { add({deed, rng_(), rng_(), rng_()}); }
  void pass(std::size_t wait) { add({Deed::cycle, 0, 0, wait}); }

  Deed any_deed() {
    unsigned sum = 0;
    for (const Weighted& each : weights_) sum += each.weight;
    auto drawn = static_cast<unsigned>(rng_() % sum);
    for (const Weighted& each : weights_) {
      if (drawn < each.weight) return each.deed;
      drawn -= each.weight;
    }
    return Deed::cycle;
  }

  /// Several related steps of an attacker.
  void attack() {
    if (climate_ == Climate::silence && rng_() % 2 == 0) return hide_and_edit();
    switch (rng_() % 5) {
      case 0: return end_them_all();
      case 1: return swap_the_cover();
      case 2: return take_a_free_name();
      case 3: return lift_the_protection();
      default: return remove_in_slices();
    }
  }

  void end_them_all() {
    act(Deed::set_end_of_all);
    pass(0);
    pass(rng_() % kWaits);
    pass(0);
  }

  void swap_the_cover() {
    const std::size_t name = rng_() % kNames;
    const std::size_t cover = (name + 1) % kNames;
    add({Deed::write_document, name, kSources, 0});  // one kms
    pass(0);
    add({Deed::use, rng_(), rng_(), rng_()});
    add({Deed::use, rng_(), rng_(), rng_()});
    add({Deed::write_document, cover, 0, 0});  // any kms
    pass(0);
    add({Deed::remove_document, name, 0, 0});
    pass(0);
    add({Deed::remove_document, cover, 0, 0});
    pass(rng_() % kWaits);
  }

  void take_a_free_name() {
    const std::size_t name = rng_() % kNames;
    add({Deed::remove_document, name, 0, 0});
    pass(0);
    add({Deed::write_document, name, rng_(), rng_()});
    constexpr std::array kStops = {
        Deed::toggle_suspend, Deed::toggle_release, Deed::toggle_unknown_role};
    add({kStops.at(rng_() % kStops.size()), name, 0, 0});
    pass(rng_() % kWaits);
  }

  void lift_the_protection() {
    const std::size_t name = rng_() % kNames;
    add({Deed::toggle_protect, name, 0, 0});
    pass(0);
    add({Deed::toggle_protect, name, 0, 0});
    pass(0);
    act(any_deed());
    add({Deed::remove_document, name, 0, 0});
    pass(rng_() % kWaits);
  }

  /// Nobody tells the daemon that its write was done, and before it looks, the policy is another.
  void hide_and_edit() {
    const std::size_t name = rng_() % kNames;
    const bool comes_back = rng_() % 2 == 0;
    if (comes_back) add({Deed::set_roles, name, rng_(), rng_()});
    if (comes_back) pass(0);
    constexpr std::array kChanges = {
        Deed::set_roles, Deed::set_roles, Deed::remove_document, Deed::write_document};
    add({kChanges.at(rng_() % kChanges.size()), name, rng_(), rng_()});
    act(Deed::hide_a_write);
    pass(0);
    constexpr std::array kEdits = {
        Deed::hand_annotates, Deed::hand_annotates, Deed::hand_sets_roles, Deed::hand_deletes};
    for (std::size_t edits = 1 + rng_() % 4; edits > 0; --edits) act(kEdits.at(rng_() % 4));
    if (comes_back) act(Deed::set_roles_of_all);
    pass(rng_() % 2);
  }

  /// Narrows one policy after the other. The daemon never hears that it did, and finds each policy
  /// changed by others.
  void narrow_unseen() {
    constexpr std::size_t kBucketsForOne = 15;  // this and the next two: see Author::write
    constexpr std::size_t kReaderAndManager = 2;
    constexpr std::size_t kReader = 0;
    const std::size_t first = rng_() % kNames;
    for (std::size_t i = 0; i < 3; ++i) {
      add({Deed::write_document, first + i, kBucketsForOne + i, kReaderAndManager});
    }
    pass(0);
    for (std::size_t i = 0; i < 3; ++i) {
      add({Deed::set_roles, first + i, 0, kReader});
      act(Deed::hide_a_write);
      pass(0);
      for (std::size_t policy = 0; policy < kNames; ++policy) {
        add({Deed::hand_annotates, policy, 0, 0});
      }
      pass(0);
    }
  }

  void remove_in_slices() {
    act(Deed::remove_document);
    pass(rng_() % 2);
    act(any_deed());
    act(Deed::remove_document);
    pass(rng_() % 2);
    act(any_deed());
    act(Deed::remove_document);
    pass(rng_() % kWaits);
  }

  Rng rng_;
  Climate climate_;
  bool begins_unseen_;
  std::vector<Weighted> weights_;
  Story story_;
};

}  // namespace

Story make_story(std::uint64_t seed, Climate climate) {
  return NoticeSender(seed, climate).tell();
}

std::string name_of(std::size_t number) {
  constexpr std::array kWords = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta"};
  static_assert(kWords.size() == kNames);
  return kWords.at(number % kNames);
}

}  // namespace authzd::test
