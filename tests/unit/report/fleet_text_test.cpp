// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The plans of many accounts: what they have in common once, and the rest by account.
#include "reconciler/report/fleet_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

class FleetText : public testing::Test {
 protected:
  Plan& add(const std::string& name, char id) {
    Plan& plan = *plans_.emplace_back(std::make_unique<Plan>());
    plan.account = AccountId{std::string(32, id)};
    names_.push_back(name);
    return plan;
  }

  static Action keys(const Plan& plan, Verb verb, const std::string& instance) {
    const std::string& home = plan.account.value;
    Action action;
    action.verb = verb;
    action.name = "disk-keys";
    action.risk = verb == Verb::create ? Risk::widening : Risk::narrowing;
    const PolicyContent content{.subject = {{"accountId", "stringEquals", home},
                                            {"serviceName", "stringEquals", std::string{"is"}}},
                                .resource = {{"accountId", "stringEquals", home},
                                             {"serviceName", "stringEquals", std::string{"kms"}},
                                             {"serviceInstance", "stringEquals", instance}},
                                .roles = {"crn:v1:bluemix:public:iam::::serviceRole:Reader"},
                                .description = {}};
    action.key = key_of(plan.account, content);
    (verb == Verb::remove ? action.before : action.after) = content;
    return action;
  }

  std::string text() const {
    std::vector<FleetPlan> all;
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      all.push_back({plans_[i].get(), {.account_name = names_[i], .revision = "r1"}});
    }
    return fleet_text(all, {});
  }

  std::vector<std::unique_ptr<Plan>> plans_;
  std::vector<std::string> names_;
};

TEST_F(FleetText, ShowsOnceWhatAllAccountsGet) {
  for (int i = 0; i < 43; ++i) {
    Plan& plan = add("prod-" + std::to_string(i), static_cast<char>('a' + i % 6));
    plan.actions = {keys(plan, Verb::create, "instance-" + std::to_string(i))};
  }

  const std::string said = text();

  EXPECT_THAT(said, HasSubstr("Accounts 43\nRevision r1\n"));
  EXPECT_THAT(said, HasSubstr("+ is → kms (instance various) : "));
  EXPECT_THAT(said, HasSubstr("disk-keys · 43 accounts · widening"));
  EXPECT_THAT(said, HasSubstr("prod-0, prod-1, "));
  EXPECT_THAT(said, HasSubstr(" and 23 more"));
  EXPECT_THAT(said, Not(HasSubstr("Account  prod"))) << "nothing differs";
  EXPECT_THAT(said,
              testing::EndsWith("\nPlan: 43 to create, 0 to update, 0 to delete; 0 held, 0 "
                                "conflicts, 0 unmanaged.\n"));
}

TEST_F(FleetText, ShowsApartWhatOneAccountAloneHas) {
  for (const char id : {'a', 'b', 'c', 'd'}) {
    Plan& plan = add(std::string("prod-") + id, id);
    plan.actions = {keys(plan, Verb::create, "one")};
  }
  plans_[2]->actions.push_back(keys(*plans_[2], Verb::remove, "old"));

  const std::string said = text();

  EXPECT_THAT(said, HasSubstr("disk-keys · 4 accounts"));
  EXPECT_THAT(said, HasSubstr("+ is → kms (instance one) : ")) << "it is the same in all of them";
  EXPECT_THAT(said, HasSubstr("Account  prod-c (" + std::string(32, 'c') + ")"));
  EXPECT_THAT(said, HasSubstr("Besides 1 change that other accounts have, too, shown above:"));
  EXPECT_THAT(said, HasSubstr("- is → kms (instance old)"));
  EXPECT_THAT(said, Not(HasSubstr("Account  prod-a")));
}

TEST_F(FleetText, NeverPutsDeletesTogether) {
  for (const char id : {'a', 'b', 'c', 'd'}) {
    Plan& plan = add(std::string("prod-") + id, id);
    plan.actions = {keys(plan, Verb::remove, "old")};
  }

  const std::string said = text();

  for (const char* name : {"prod-a", "prod-b", "prod-c", "prod-d"}) {
    EXPECT_THAT(said, HasSubstr("Account  " + std::string(name)));
  }
}

TEST_F(FleetText, NamesTheAccountsWithNothingToDo) {
  for (const char id : {'a', 'b', 'c', 'd'}) add(std::string("prod-") + id, id);
  plans_[0]->actions = {keys(*plans_[0], Verb::create, "one")};

  const std::string said = text();

  EXPECT_THAT(said, HasSubstr("Account  prod-a"));
  EXPECT_THAT(said, HasSubstr("Nothing to do in 3 accounts: prod-b, prod-c, prod-d."));
}

}  // namespace
}  // namespace authzd
