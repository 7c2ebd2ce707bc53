// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whatever people ask for, revoke, and ask for again: no access is granted by break-glass grants
// for longer than the configuration allows, without a gap in which its policy was gone.

#include "reconciler/plan/break_glass.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace authzd {
namespace {

using std::chrono::minutes;

constexpr minutes kMostMinutes{60};
const std::vector<std::string> kSources{"", "a", "b"};    // the first is any
const std::vector<std::string> kInstances{"", "1", "2"};  // the same

AttributeSet side(const std::string& name, const std::string& value) {
  AttributeSet set;
  set.add({"accountId", std::string(kStringEquals), std::string("home")});
  if (!value.empty()) set.add({name, std::string(kStringEquals), value});
  return set;
}

Grant grant_between(const std::string& source, const std::string& instance) {
  Grant grant;
  grant.subject = side("serviceName", source);
  grant.resource = side("serviceInstance", instance);
  grant.key = Key({}, grant.subject, grant.resource);
  return grant;
}

bool permits(const Grant& grant, const std::string& source, const std::string& instance) {
  const auto fits = [](std::string_view has, const std::string& asked) {
    return has.empty() || has == asked;
  };
  return fits(grant.subject.equals_value("serviceName"), source) &&
         fits(grant.resource.equals_value("serviceInstance"), instance);
}

/// What a story of grants has made, and what each access has had so far.
struct GlassStory {
  std::vector<BreakGlass> active;  // their policies may exist
  Timestamp now = {};
  int made = 0;
  std::map<std::pair<std::string, std::string>, Timestamp> since;  // of access, without a gap

  void ask(const std::string& source, const std::string& instance, minutes time) {
    BreakGlass wanted;
    wanted.name = break_glass_name(std::to_string(made++));
    wanted.made = now;
    wanted.ends = now + time;
    wanted.grants = break_glass_grants({grant_between(source, instance)}, wanted);
    if (!why_not_granted(wanted, active, kMostMinutes)) active.push_back(std::move(wanted));
  }

  void revoke(std::size_t which) {
    if (!active.empty()) active[which % active.size()].ends = now;
  }

  /// A cycle deletes what has ended, and sees that it is gone.
  void cycle() {
    std::erase_if(active, [this](const BreakGlass& each) { return each.ends <= now; });
  }

  void check() {
    for (const std::string source : {"a", "b"}) {
      for (const std::string instance : {"1", "2"}) {
        const auto access = std::pair(source, instance);
        bool is_granted = false;
        bool is_due = true;  // a cycle would delete all that grants it
        for (const BreakGlass& each : active) {
          if (!permits(each.grants.front(), source, instance)) continue;
          is_granted = true;
          is_due = is_due && each.ends <= now;
        }
        if (!is_granted) {
          since.erase(access);
          continue;
        }
        const auto [begun, _] = since.try_emplace(access, now);
        RC_ASSERT(is_due || now - begun->second < kMostMinutes);
      }
    }
  }
};

RC_GTEST_PROP(BreakGlassLaw, LetsNoAccessLiveLongerThanAllowed, ()) {
  GlassStory story;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int step = 0; step < steps; ++step) {
    const auto source = *rc::gen::elementOf(kSources);
    const auto instance = *rc::gen::elementOf(kInstances);
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
      case 1: story.ask(source, instance, minutes(*rc::gen::inRange(1, 80))); break;
      case 2: story.revoke(*rc::gen::inRange<std::size_t>(0, 8)); break;
      case 3: story.cycle(); break;
      default: story.now += minutes(*rc::gen::inRange(1, 40)); break;
    }
    story.check();
  }
}

RC_GTEST_PROP(BreakGlassLaw, SeesEveryOverlap, ()) {
  const Grant one = grant_between(*rc::gen::elementOf(kSources), *rc::gen::elementOf(kInstances));
  const Grant other = grant_between(*rc::gen::elementOf(kSources), *rc::gen::elementOf(kInstances));
  for (const std::string source : {"a", "b"}) {
    for (const std::string instance : {"1", "2"}) {
      const bool both = permits(one, source, instance) && permits(other, source, instance);
      RC_ASSERT(!both || may_overlap(one, other));
    }
  }
}

}  // namespace
}  // namespace authzd
