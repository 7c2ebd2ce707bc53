// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/why.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/pattern/globs.hpp"
#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

using ConditionOf = WhyCondition::Side;

constexpr std::string_view kServiceOf = "serviceName";
constexpr std::string_view kAccountOf = "accountId";
constexpr std::size_t kMostDelegators = 10;
constexpr std::size_t kWork = 1'000'000;  // of one account: some 50 ms at most; then it cannot tell

/// IBM's general roles, each step higher than the one before it.
constexpr std::array<std::string_view, 4> kPlatformSteps{
    "Viewer", "Operator", "Editor", "Administrator"};
constexpr std::array<std::string_view, 3> kServiceSteps{"Reader", "Writer", "Manager"};

/// Where a name stands among the steps; none: it is no general role.
struct Step {
  bool is_platform = false;
  std::ptrdiff_t height = 0;
};

std::optional<Step> step_of(std::string_view name) {
  if (const auto* at = std::ranges::find(kPlatformSteps, name); at != kPlatformSteps.end()) {
    return Step{true, at - kPlatformSteps.begin()};
  }
  if (const auto* at = std::ranges::find(kServiceSteps, name); at != kServiceSteps.end()) {
    return Step{false, at - kServiceSteps.begin()};
  }
  return std::nullopt;
}

/// The general role that a CRN or a display name means. A role of one service may have the same
/// name, and other actions.
std::optional<Step> general_role(std::string_view role) {
  if (!is_crn(role)) return step_of(role);
  constexpr std::array<std::string_view, 2> kGeneral{"crn:v1:bluemix:public:iam::::role:",
                                                     "crn:v1:bluemix:public:iam::::serviceRole:"};
  for (const std::string_view prefix : kGeneral) {
    if (role.starts_with(prefix)) return step_of(role.substr(prefix.size()));
  }
  return std::nullopt;
}

bool means_delegator(const std::string& role) {
  return is_delegator(role) || role == kAuthorizationDelegator;
}

/// The display name, as far as it is known; else the CRN.
std::string name_of_role(const std::string& crn, const RoleNames& names) {
  const auto found = names.find(crn);
  if (found != names.end()) return found->second;
  if (is_delegator(crn)) return std::string(kAuthorizationDelegator);
  return general_role(crn) ? std::string(last_part(crn)) : crn;
}

/// What one side of a policy says to the question.
struct SideJudgement {
  std::vector<WhyCondition> in_the_way;
  std::vector<WhyCondition> open;
};

/// All attributes of one name. How IAM combines several is not known: each must admit the value, or
/// any of them.
void judge_attribute(std::span<const Attribute> given,
                     const AttributeSet& known,
                     ConditionOf side,
                     GlobWork& work,
                     SideJudgement& judgement) {
  const Attribute* wanted = known.find(given.front().name);
  std::size_t admitting = 0;
  std::size_t refusing = 0;
  if (wanted != nullptr) {
    const AttributeSet value{*wanted};
    for (const Attribute& attribute : given) {
      const AttributeSet one{attribute};
      if (admits_all_of(one, value, work)) ++admitting;
      if (!may_admit(one, wanted->name, std::get<std::string>(wanted->value))) ++refusing;
    }
  }
  if (admitting == given.size()) return;
  auto& list = refusing == given.size() ? judgement.in_the_way : judgement.open;
  for (const Attribute& attribute : given) list.push_back({side, to_string(attribute)});
}

void judge_side(const AttributeSet& side,
                const AttributeSet& known,
                ConditionOf which,
                GlobWork& work,
                SideJudgement& judgement) {
  const auto& items = side.items();
  for (std::size_t i = 0; i < items.size();) {
    std::size_t end = i + 1;
    while (end < items.size() && items[end].name == items[i].name) ++end;
    judge_attribute(std::span(items).subspan(i, end - i), known, which, work, judgement);
    i = end;
  }
}

/// A policy before it is known whether it is shown: only then it is copied.
struct Judged {
  const Observed* policy = nullptr;
  WhyAnswer answer = WhyAnswer::no;
  std::vector<std::string> roles = {};
  std::vector<WhyCondition> conditions = {};
};

class Asker {
 public:
  Asker(const WhyQuestion& question, const WhyAccount& account)
      : question_(question),
        account_(account),
        source_service_(question.source.equals_value(kServiceOf)),
        target_service_(question.target.equals_value(kServiceOf)) {}

  WhyResult ask() {
    for (const Observed& policy : account_.policies) {
      if (policy.state != PolicyState::active) continue;
      if (!may_be(policy.content.resource, target_service_)) continue;
      const bool delegates = std::ranges::any_of(policy.content.roles, is_delegator);
      if (delegates) delegators_.push_back(&policy);
      if (may_be(policy.content.subject, source_service_)) {
        Judged judged = judge(policy, true);
        auto& list = judged.answer == WhyAnswer::no ? near_ : found_;
        list.push_back(std::move(judged));
      } else if (delegates) {
        Judged judged = judge(policy, false);
        if (judged.answer != WhyAnswer::no) may_delegate_.push_back(std::move(judged));
      }
    }
    return finish();
  }

 private:
  static bool may_be(const AttributeSet& side, const std::string& service) {
    return service.empty() || may_admit(side, kServiceOf, service);
  }

  /// Without `asks_source`: what the policy's own source could pass on.
  Judged judge(const Observed& policy, bool asks_source) {
    SideJudgement judgement;
    const PolicyContent& content = policy.content;
    if (asks_source) {
      judge_side(content.subject, question_.source, ConditionOf::source, work_, judgement);
      const bool is_elsewhere = question_.source.equals_value(kAccountOf) != account_.account.value;
      if (is_elsewhere && content.subject.find(kAccountOf) == nullptr) {
        judgement.open.push_back({ConditionOf::source, "accountId is not named"});
      }
    }
    judge_side(content.resource, question_.target, ConditionOf::target, work_, judgement);
    for (const auto& [part, text] : content.extras)
      judgement.open.push_back({ConditionOf::policy, part});
    Judged judged;
    judged.policy = &policy;
    judge_roles(content.roles, judgement, judged);
    judged.answer = !judgement.in_the_way.empty() ? WhyAnswer::no
                    : !judgement.open.empty()     ? WhyAnswer::cannot_tell
                                                  : WhyAnswer::yes;
    judged.conditions =
        std::move(judged.answer == WhyAnswer::no ? judgement.in_the_way : judgement.open);
    std::ranges::sort(judged.conditions);
    return judged;
  }

  void judge_roles(const RoleSet& roles, SideJudgement& judgement, Judged& judged) const {
    WhyAnswer best = WhyAnswer::no;
    std::vector<std::string> all;
    for (const std::string& crn : roles) {
      const std::string shown = name_of_role(crn, *account_.names);
      all.push_back(shown);
      const WhyAnswer answer = question_.role.empty()
                                   ? (is_delegator(crn) ? WhyAnswer::no : WhyAnswer::yes)
                                   : role_answer(crn, *account_.names, question_.role);
      if (answer == WhyAnswer::no) continue;
      if (answer > best) judged.roles.clear();
      if (answer >= best) judged.roles.push_back(shown);
      best = std::max(best, answer);
    }
    std::ranges::sort(judged.roles);
    std::ranges::sort(all);
    if (best == WhyAnswer::yes) return;
    auto& list = best == WhyAnswer::no ? judgement.in_the_way : judgement.open;
    const auto& named = best == WhyAnswer::no ? all : judged.roles;
    for (const std::string& role : named) list.push_back({ConditionOf::role, role});
    if (roles.empty()) list.push_back({ConditionOf::role, "no role"});
  }

  /// With what is only looked up for those that are shown.
  WhyPolicy told(Judged judged) {
    const Observed& policy = *judged.policy;
    const Description description = parse_description(policy.content.description);
    WhyPolicy shown{policy, judged.answer};
    shown.owner = (*account_.owner_of)(policy, description);
    if (description.marker) shown.name = description.marker->name;
    shown.position = position_of(shown);
    shown.roles = std::move(judged.roles);
    shown.conditions = std::move(judged.conditions);
    if (is_service_made(policy)) shown.delegated_by = delegators_of(policy);
    return shown;
  }

  /// Of the grant that wants this very policy, or else of the authorization that it is of.
  [[nodiscard]] std::optional<SourcePos> position_of(const WhyPolicy& judged) const {
    if (account_.desired == nullptr) return std::nullopt;
    const auto& grants = account_.desired->grants;
    const Key key = key_of(account_.account, judged.policy.content);
    const auto at = std::ranges::lower_bound(grants, key, {}, &Grant::key);
    if (at != grants.end() && at->key == key) return at->position;
    if (judged.owner != PolicyOwner::ours) return std::nullopt;
    const auto named = std::ranges::find(grants, judged.name, &Grant::name);
    if (named == grants.end()) return std::nullopt;
    return named->position;
  }

  /// "databases-for-redis" of "crn:v1:bluemix:public:databases-for-redis:…"; empty: it has none.
  static std::string service_of(std::string_view crn) {
    constexpr int kPartsBefore = 4;
    for (int i = 0; i < kPartsBefore; ++i) {
      const std::size_t colon = crn.find(':');
      if (colon == std::string_view::npos) return {};
      crn.remove_prefix(colon + 1);
    }
    return std::string(crn.substr(0, crn.find(':')));
  }

  [[nodiscard]] std::vector<PolicyId> delegators_of(const Observed& policy) {
    std::vector<PolicyId> found;
    const std::string service = service_of(policy.created_by.value);
    if (service.empty()) return found;
    for (const Observed* other : delegators_) {
      const bool passes_on = other != &policy && may_be(other->content.subject, service) &&
                             admits_all_of(other->content.resource, policy.content.resource, work_);
      if (passes_on) found.push_back(other->id);
    }
    std::ranges::sort(found);
    if (found.size() > kMostDelegators) found.resize(kMostDelegators);
    return found;
  }

  WhyResult finish() {
    WhyResult result{account_.account, account_.name};
    for (const Judged& judged : found_) result.answer = std::max(result.answer, judged.answer);
    std::ranges::sort(found_, [](const Judged& a, const Judged& b) {
      return a.answer != b.answer ? a.answer > b.answer : a.policy->id < b.policy->id;
    });
    std::ranges::sort(near_, [](const Judged& a, const Judged& b) {
      const std::size_t of_a = a.conditions.size();
      const std::size_t of_b = b.conditions.size();
      return of_a != of_b ? of_a < of_b : a.policy->id < b.policy->id;
    });
    std::ranges::sort(may_delegate_,
                      [](const Judged& a, const Judged& b) { return a.policy->id < b.policy->id; });
    if (near_.size() > kMostNear) near_.resize(kMostNear);
    for (Judged& judged : found_) result.policies.push_back(told(std::move(judged)));
    for (Judged& judged : near_) result.near.push_back(told(std::move(judged)));
    for (Judged& judged : may_delegate_) result.may_delegate.push_back(told(std::move(judged)));
    return result;
  }

  const WhyQuestion& question_;
  const WhyAccount& account_;
  std::string source_service_;
  std::string target_service_;
  GlobWork work_{kWork};
  std::vector<Judged> found_;
  std::vector<Judged> near_;
  std::vector<Judged> may_delegate_;
  std::vector<const Observed*> delegators_;  // of the target's service
};

}  // namespace

std::string_view to_string(WhyAnswer answer) {
  switch (answer) {
    case WhyAnswer::no: return "no";
    case WhyAnswer::cannot_tell: return "cannot tell";
    case WhyAnswer::yes: return "yes";
  }
  return {};
}

std::string_view to_string(WhyCondition::Side side) {
  switch (side) {
    case ConditionOf::source: return "source";
    case ConditionOf::target: return "target";
    case ConditionOf::role: return "role";
    case ConditionOf::policy: return "policy";
  }
  return {};
}

WhyAnswer role_answer(const std::string& crn, const RoleNames& names, const std::string& wanted) {
  if (crn == wanted || name_of_role(crn, names) == wanted) return WhyAnswer::yes;
  if (means_delegator(crn) || means_delegator(wanted)) {
    return means_delegator(crn) && means_delegator(wanted) ? WhyAnswer::yes : WhyAnswer::no;
  }
  const auto has = general_role(crn);
  const auto asked = general_role(wanted);
  const bool is_lower =
      has && asked && has->is_platform == asked->is_platform && has->height < asked->height;
  return is_lower ? WhyAnswer::no : WhyAnswer::cannot_tell;
}

WhyResult why(const WhyQuestion& question, const WhyAccount& account) {
  return Asker(question, account).ask();
}

std::string question_text(const WhyQuestion& question,
                          const AccountId& home,
                          const RoleNames& names) {
  const std::string parties = party_text(question.source, home, names) + std::string(kArrow) +
                              party_text(question.target, home, names);
  return question.role.empty() ? parties : parties + " : " + printable(question.role);
}

std::string known_spelling(const std::string& role, const RoleNames& names) {
  std::string spelling = role;
  for (const auto& [crn, name] : names) {
    if (name == role) return role;
    if (iequals(name, role)) spelling = name;
  }
  if (spelling != role) return spelling;
  constexpr std::array<std::string_view, 8> kGeneral{kAuthorizationDelegator,
                                                     "Viewer",
                                                     "Operator",
                                                     "Editor",
                                                     "Administrator",
                                                     "Reader",
                                                     "Writer",
                                                     "Manager"};
  const auto general = std::ranges::find_if(
      kGeneral, [&role](std::string_view name) { return iequals(name, role); });
  return general == kGeneral.end() ? role : std::string(*general);
}

}  // namespace authzd
