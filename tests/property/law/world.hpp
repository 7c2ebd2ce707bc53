// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The world of the law: an installation of authzd, its manifests, its IAM, its clocks, and the
// adversary's steps on all of them.
#pragma once

#include "tests/property/law/author.hpp"
#include "tests/property/law/hands.hpp"
#include "tests/property/law/installation.hpp"
#include "tests/property/law/story.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace authzd::test {

struct Setting {
  std::uint64_t seed = 0;  // selects the rules; the story has its own seed
  Flaw flaw = Flaw::none;
  std::string deaf_to = {};  // a rail whose holds release everything without approval
};

class World {
 public:
  World(const Setting& setting, const Story& story);

  /// The witness's findings after the story and quiescence. Call it once.
  std::vector<Finding> live();

  /// What happened, one line per step.
  [[nodiscard]] const std::string& told() const { return told_; }

 private:
  std::string take(const Step& step);
  std::string cycle(std::chrono::minutes wait);
  std::string jump_host_clock(const Step& step);
  std::string jump_iam_clock(const Step& step);
  std::string stop_dates();
  std::string make_trouble(const Step& step);
  std::string hide_a_write(const Step& step);
  void pass(std::chrono::minutes time);
  void come_to_rest();

  Story story_;
  Rules rules_;
  Surroundings around_;
  Author author_;
  Hands hands_{around_};
  Installation installation_;
  bool is_renamed_ = false;
  std::string told_;
};

}  // namespace authzd::test
