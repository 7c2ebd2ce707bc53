// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An answer of `why` compared with every access that the question means. Mutations show that the
// law notices what a wrong judge would overlook.
#include "tests/property/report/why_universe.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace authzd::test {
namespace {

using Judge = std::function<WhyAnswer(WhyWorld)>;

int drawn(int n) {
  return *rc::gen::inRange(0, n);
}

/// Never a wrong yes, never a wrong no.
bool is_true(WhyAnswer answer, const Truth& truth) {
  return (answer != WhyAnswer::yes || truth.all) && (answer != WhyAnswer::no || truth.none);
}

RC_GTEST_PROP(WhyLaw, AnswersNeverAWrongYesAndNeverAWrongNo, ()) {
  const WhyWorld world = any_world(drawn);

  const WhyAnswer answer = answer_to(world);

  RC_LOG() << to_string(world) << "answer: " << to_string(answer) << "\n";
  RC_ASSERT(is_true(answer, truth_of(world)));
  RC_TAG(std::string(to_string(answer)));
}

RC_GTEST_PROP(WhyLaw, TellsWhateverCanBeToldOfOnePolicyThatIsUnderstood, ()) {
  const WhyWorld world = any_world(drawn, WorldKind::plain);
  const Truth truth = truth_of(world);

  const WhyAnswer answer = answer_to(world);

  RC_LOG() << to_string(world) << "answer: " << to_string(answer) << "\n";
  RC_ASSERT((answer == WhyAnswer::yes) == truth.all);
  RC_ASSERT((answer == WhyAnswer::no) == truth.none);
  RC_TAG(std::string(to_string(answer)));
}

struct TriedWorld {
  WhyWorld world;
  Truth truth;
};

/// The same worlds for every judge.
const std::vector<TriedWorld>& tried_worlds() {
  static const std::vector<TriedWorld> kWorlds = [] {
    constexpr unsigned kCount = 1'000;
    std::vector<TriedWorld> worlds;
    for (unsigned seed = 0; seed < kCount; ++seed) {
      std::mt19937 random(seed);
      const Draw draw = [&random](int n) {
        return static_cast<int>(random() % static_cast<unsigned>(n));
      };
      WhyWorld world = any_world(draw);
      const Truth truth = truth_of(world);
      worlds.push_back({std::move(world), truth});
    }
    return worlds;
  }();
  return kWorlds;
}

/// A world in which the judge is wrong; null: there is none.
const WhyWorld* refutation_of(const Judge& judge) {
  const auto& worlds = tried_worlds();
  const auto found = std::ranges::find_if(worlds, [&judge](const TriedWorld& tried) {
    return !is_true(judge(tried.world), tried.truth);
  });
  return found == worlds.end() ? nullptr : &found->world;
}

/// The judge, after a change of what it sees of each policy.
Judge seeing(const std::function<void(const WhyQuestion&, Observed&)>& change) {
  return [change](WhyWorld world) {
    for (Observed& policy : world.policies) change(world.question, policy);
    return answer_to(world);
  };
}

AttributeSet only_those(const AttributeSet& side,
                        const std::function<bool(const Attribute&)>& is_kept) {
  std::vector<Attribute> kept;
  std::ranges::copy_if(side.items(), std::back_inserter(kept), is_kept);
  return AttributeSet(std::move(kept));
}

struct Mutation {
  std::string name;
  Judge judge;
};

const Attribute* named_like(const AttributeSet& side, const Attribute& attribute) {
  return side.find(attribute.name);
}

void as_pattern(AttributeSet& side) {
  std::vector<Attribute> items = side.copy_items();
  for (Attribute& item : items) {
    const auto* text = std::get_if<std::string>(&item.value);
    const bool is_doubtful =
        text != nullptr && item.op == kStringEquals && text->find_first_of("*?") != text->npos;
    if (is_doubtful) item.op = kStringMatch;
  }
  side = AttributeSet(std::move(items));
}

/// Each is a judge that a hasty author could have written.
std::vector<Mutation> mutations() {
  const Judge none_means_no = [](const WhyWorld& world) {
    const WhyAnswer answer = answer_to(world);
    return answer == WhyAnswer::cannot_tell ? WhyAnswer::no : answer;
  };
  const Judge asks_the_first = [](WhyWorld world) {
    if (world.policies.size() > 1) world.policies.resize(1);
    return answer_to(world);
  };
  return {
      {"what is left open counts as given",
       seeing([](const WhyQuestion& question, Observed& policy) {
         PolicyContent& content = policy.content;
         content.subject = only_those(content.subject, [&](const Attribute& one) {
           return named_like(question.source, one) != nullptr;
         });
         content.resource = only_those(content.resource, [&](const Attribute& one) {
           return named_like(question.target, one) != nullptr;
         });
       })},
      {"what cannot be told counts as no", none_means_no},
      {"one policy is enough", asks_the_first},
      {"another role is no role", seeing([](const WhyQuestion& question, Observed& policy) {
         const bool has_it = policy.content.roles.contains(question.role);
         if (!question.role.empty() && !has_it) policy.content.roles.clear();
       })},
      {"a higher step has a lower one", seeing([](const WhyQuestion&, Observed& policy) {
         auto& roles = policy.content.roles;
         if (roles.contains("Manager")) roles.insert("Writer");
         if (roles.contains("Writer")) roles.insert("Reader");
       })},
      {"a rule is not seen",
       seeing([](const WhyQuestion&, Observed& policy) { policy.content.extras.clear(); })},
      {"a star is wild under equality", seeing([](const WhyQuestion&, Observed& policy) {
         as_pattern(policy.content.subject);
         as_pattern(policy.content.resource);
       })},
      {"the last of two attributes counts", seeing([](const WhyQuestion&, Observed& policy) {
         const AttributeSet all = policy.content.resource;
         policy.content.resource = only_those(all, [&](const Attribute& one) {
           const auto& items = all.items();
           const auto is_later = [&](const Attribute& other) {
             return other.name == one.name && one < other;
           };
           return std::ranges::none_of(items, is_later);
         });
       })},
      {"a source without an account is of any",
       seeing([](const WhyQuestion& question, Observed& policy) {
         if (policy.content.subject.find("accountId") == nullptr) {
           policy.content.subject.add(*question.source.find("accountId"));
         }
       })},
      {"accounts are not compared", seeing([](const WhyQuestion& question, Observed& policy) {
         policy.content.subject = only_those(
             policy.content.subject, [](const Attribute& one) { return one.name != "accountId"; });
         policy.content.subject.add(*question.source.find("accountId"));
       })},
  };
}

TEST(WhyLaw, NoticesEachMutation) {
  const WhyWorld* refutation = refutation_of(answer_to);
  EXPECT_EQ(refutation, nullptr) << to_string(*refutation);
  for (const Mutation& mutation : mutations()) {
    EXPECT_NE(refutation_of(mutation.judge), nullptr) << mutation.name;
  }
}

}  // namespace
}  // namespace authzd::test
