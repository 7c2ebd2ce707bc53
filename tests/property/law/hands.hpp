// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Other people and services that change the same IAM.
#pragma once

#include "tests/property/law/story.hpp"
#include "tests/property/law/wire.hpp"

#include <optional>
#include <string>

namespace authzd::test {

class Hands {
 public:
  explicit Hands(Surroundings& around) : around_(around) {}

  /// What was done, in words; empty: the step did not apply.
  std::string take(const Step& step);

 private:
  std::string edit(const Step& step);
  std::string remove(const Step& step);
  std::string create(const Step& step);
  std::string show_another_account(const Step& step);
  std::string use(const Step& step);
  [[nodiscard]] std::optional<Observed> some_policy(std::size_t number) const;

  Surroundings& around_;
};

}  // namespace authzd::test
