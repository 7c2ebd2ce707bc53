// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/hands.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd::test {
namespace {

const IamId kPerson{"IBMid-ada"};
const IamId kService{"crn:v1:bluemix:public:databases-for-postgresql:us-south:a/0:1::"};

PolicyContent some_content(std::size_t place, std::size_t role) {
  return content_of(place % kSources, place / kSources % kTargets, 1U << role % kRoles);
}

std::string words_of(const Observed& policy) {
  return "policy " + policy.id.value.substr(24) + " \"" + policy.content.description + "\"";
}

}  // namespace

std::optional<Observed> Hands::some_policy(std::size_t number) const {
  std::vector<Observed> active = around_.iam.list();
  // Nobody here can edit the other account.
  std::erase_if(active, [](const Observed& policy) {
    return policy.content.resource.equals_value("accountId") != kLawAccount.value;
  });
  if (active.empty()) return std::nullopt;
  return active[number % active.size()];
}

std::string Hands::edit(const Step& step) {
  const auto policy = some_policy(step.a);
  if (!policy) return {};
  PolicyContent content = policy->content;
  std::string& text = content.description;
  std::string words = "someone changes " + words_of(*policy) + ": ";
  switch (step.deed) {
    case Deed::hand_sets_roles:
      content.roles = some_content(0, step.c).roles;
      words += "roles " + role_crn(step.c % kRoles);
      break;
    case Deed::hand_sets_target:
      content.resource = target_side(step.b % kTargets).attributes();
      words += "target " + std::string(target_side(step.b % kTargets).words);
      break;
    case Deed::hand_strips_marker: text.clear(); break;
    case Deed::hand_annotates: text = "Seen. " + text; break;
    case Deed::hand_adds_marker: {
      constexpr std::array kMarkers = {"(authzd: else/alpha#0123456789ab)",
                                       "(authzd: prod/alpha#0123456789ab)",
                                       "(authzd: prod/beta#0123456789ab)"};
      const std::string marker = kMarkers.at(step.b % kMarkers.size());
      text = step.c % 2 == 0 ? text + " " + marker : marker + " " + text;
      break;
    }
    default: text = some_policy(step.b)->content.description; break;
  }
  if (step.deed >= Deed::hand_strips_marker) words += "description \"" + text + "\"";
  const Etag etag = around_.iam.get(policy->id)->etag;
  return around_.iam.replace(policy->id, content, etag, kPerson) ? words : std::string();
}

std::string Hands::remove(const Step& step) {
  const auto policy = some_policy(step.a);
  if (!policy || !around_.iam.remove(policy->id, kPerson)) return {};
  const bool is_purged = step.c % 2 == 0;
  if (is_purged) around_.iam.purge(policy->id);
  return "someone deletes " + words_of(*policy) + (is_purged ? ", without a trace" : "");
}

std::string Hands::create(const Step& step) {
  PolicyContent content = some_content(step.b, step.c);
  const bool by_service = step.deed == Deed::service_creates;
  if (step.a % 3 == 0) content.description = "(authzd: prod/alpha#0123456789ab)";
  const auto made = around_.iam.create(content, by_service ? kService : kPerson);
  if (!made) return {};
  return (by_service ? "a service" : "someone") + std::string(" creates ") + words_of(made->policy);
}

/// Made by this identity, with our marker, but in another account.
std::string Hands::show_another_account(const Step& step) {
  Observed policy;
  policy.content = some_content(step.b, step.c);
  AttributeSet resource;
  for (Attribute item : policy.content.resource.items()) {
    if (item.name == "accountId") item.value = kOtherAccount.value;
    resource.add(std::move(item));
  }
  policy.content.resource = std::move(resource);
  policy.content.description = "(authzd: prod/alpha#0123456789ab)";
  policy.created_by = around_.who;
  policy.last_modified_by = around_.who;
  policy.last_modified_at = to_rfc3339(around_.iam_now());
  policy.created_at = policy.last_modified_at;
  policy.id = PolicyId("99999999-9999-4999-8999-" + std::to_string(100'000'000'000 + step.a));
  std::string words = "another account's " + words_of(policy) + " shows up in the list";
  around_.iam.place(std::move(policy));
  return words;
}

/// One request that the policy permits: it counts as used, and so does every other that permits it.
std::string Hands::use(const Step& step) {
  const auto policy = some_policy(step.a);
  if (!policy) return {};
  const Access permitted = access_of(policy->content);
  for (std::size_t i = 0; i < permitted.size(); ++i) {
    const std::size_t request = (i + step.c) % permitted.size();
    if (!permitted[request]) continue;
    for (const Observed& other : around_.iam.list()) {
      if (access_of(other.content)[request]) around_.uses[other.id] = around_.iam_now();
    }
    around_.witness.used(request, std::min(around_.clock.now(), around_.iam_now()));
    return "what " + words_of(*policy) + " permits is used";
  }
  return {};
}

std::string Hands::take(const Step& step) {
  std::string words;
  switch (step.deed) {
    case Deed::hand_deletes: words = remove(step); break;
    case Deed::hand_creates:
    case Deed::service_creates: words = create(step); break;
    case Deed::other_account_shows: words = show_another_account(step); break;
    case Deed::use: words = use(step); break;
    default: words = edit(step); break;
  }
  around_.witness.looks(around_.iam.list(), around_.clock.now());
  return words;
}

}  // namespace authzd::test
