// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A story: the adversary's steps. A step contains its random numbers, which it takes modulo the
// available choices, so that a story stays valid when steps are left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace authzd::test {

enum class Deed {
  // commits; they reach the daemon with the next cycle
  write_document,
  remove_document,
  remove_all,
  rename_document,
  move_document,
  set_roles,
  set_roles_of_all,
  set_end,
  set_end_of_all,
  toggle_protect,
  toggle_suspend,
  toggle_release,
  toggle_unknown_role,
  describe,
  // manual changes in IAM
  hand_sets_roles,
  hand_sets_target,
  hand_strips_marker,
  hand_adds_marker,
  hand_copies_marker,
  hand_annotates,
  hand_deletes,
  hand_creates,
  service_creates,
  other_account_shows,
  use,
  // the daemon and its surroundings
  cycle,
  wait,
  restart,
  lose_state,
  keep_backup,
  put_backup_back,
  rename_owner,
  jump_host_clock,
  jump_iam_clock,
  stop_dates,
  lag,
  trouble,
  hide_a_write,
  // a person
  approve,
};

struct Step {
  Deed deed = Deed::wait;
  std::size_t a = 0;
  std::size_t b = 0;
  std::size_t c = 0;
};

using Story = std::vector<Step>;

/// What a kind of adversary does more often than others.
enum class Climate { commits, hands, clocks, memory, silence, storm };

/// Equal stories for equal seeds. It begins with some applied documents.
Story make_story(std::uint64_t seed, Climate climate);

inline constexpr std::size_t kNames = 6;
inline constexpr std::size_t kWaits = 5;
inline constexpr std::size_t kEnds = 6;
inline constexpr std::size_t kRoleChoices = 5;

std::string name_of(std::size_t number);

}  // namespace authzd::test
