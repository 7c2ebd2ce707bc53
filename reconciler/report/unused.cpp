// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/unused.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

std::string days_text(Timestamp from, Timestamp to) {
  const auto days = std::chrono::floor<std::chrono::days>(std::max(to, from) - from).count();
  return count_of(static_cast<std::size_t>(days), "day", "days");
}

class Finder {
 public:
  explicit Finder(const UseFacts& facts) : facts_(facts) {
    const auto is_told = [](const Observed& policy) { return policy.last_permit_at.has_value(); };
    result_.is_use_known = !facts.last_uses.empty() || std::ranges::any_of(facts.policies, is_told);
  }

  UnusedPolicies find() {
    for (const Observed& policy : facts_.policies) {
      if (policy.state == PolicyState::active) look_at(policy);
    }
    std::ranges::sort(result_.found, [](const UnusedPolicy& a, const UnusedPolicy& b) {
      return std::pair(a.last_used, std::cref(a.policy->id).get()) <
             std::pair(b.last_used, std::cref(b.policy->id).get());
    });
    return std::move(result_);
  }

 private:
  void look_at(const Observed& policy) {
    UnusedPolicy found{&policy, policy.last_permit_at};
    const auto recorded = facts_.last_uses.find(policy.id);
    if (recorded != facts_.last_uses.end()) {
      found.last_used = std::max(found.last_used, std::optional(recorded->second));
    }
    judge_use(found);
    judge_instance(policy.content.subject, "source", found);
    judge_instance(policy.content.resource, "target", found);
    if (!found.evidence.empty()) result_.found.push_back(std::move(found));
  }

  void judge_use(UnusedPolicy& found) {
    const Timestamp limit = facts_.now - facts_.period;
    if (found.last_used) {
      if (*found.last_used >= limit) return;
      found.is_unused = true;
      found.evidence.push_back("last used " + to_rfc3339(*found.last_used) + " (" +
                               days_text(*found.last_used, facts_.now) + " ago)");
      return;
    }
    if (!result_.is_use_known) {
      ++result_.not_known;
      return;
    }
    const auto made = parse_rfc3339(found.policy->created_at);
    if (made && *made > limit) {
      ++result_.too_new;
      return;
    }
    found.is_unused = true;
    found.evidence.push_back(never_text(made));
  }

  [[nodiscard]] std::string never_text(std::optional<Timestamp> made) const {
    if (facts_.watched_since) {
      const Timestamp since = std::max(*facts_.watched_since, made.value_or(Timestamp{}));
      return "never since we watch (" + days_text(since, facts_.now) + ")";
    }
    if (!made) return "never, as far as IAM has recorded";
    return "never, as far as IAM has recorded (made " + days_text(*made, facts_.now) + " ago)";
  }

  /// Only GUIDs: the Resource Controller does not know what other services call an instance.
  void judge_instance(const AttributeSet& side, std::string_view which, UnusedPolicy& found) const {
    if (!facts_.instances || side.equals_value("accountId") != facts_.account.value) return;
    const std::string_view id = only_value(side, kServiceInstance);
    if (!is_guid(id) || facts_.instances->contains(std::string(id))) return;
    found.evidence.push_back("the Resource Controller lists no instance " + std::string(id) +
                             ", its " + std::string(which));
  }

  const UseFacts& facts_;
  UnusedPolicies result_;
};

}  // namespace

UnusedPolicies unused_policies(const UseFacts& facts) {
  return Finder(facts).find();
}

}  // namespace authzd
