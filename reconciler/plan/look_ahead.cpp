// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/look_ahead.hpp"

#include "reconciler/base/prefetch.hpp"

#include <algorithm>
#include <string>

namespace authzd {

void fetch_items(const AttributeSet& side) {
  prefetch(side.items().data(), side.items().size_bytes());
}

void fetch_values(const AttributeSet& side) {
  for (const Attribute& attribute : side.items()) {
    if (const auto* text = std::get_if<std::string>(&attribute.value)) prefetch_text(*text);
  }
}

void fetch_first(const RoleSet& roles) {
  if (!roles.empty()) prefetch(&*roles.begin(), sizeof(std::string));
}

void fetch_items(const PolicyContent& content) {
  fetch_items(content.subject);
  fetch_items(content.resource);
}

void fetch_values(const PolicyContent& content) {
  fetch_values(content.subject);
  fetch_values(content.resource);
}

void fetch_parts(const PolicyContent& content) {
  fetch_items(content);
  fetch_first(content.roles);
  prefetch_text(content.description);
}

namespace {

const SurveyedPolicy* changing_server_of(std::size_t want,
                                         const Survey& survey,
                                         const Assignment& assignment) {
  if (want >= survey.wants.size() || !assignment.server[want]) return nullptr;
  const SurveyedPolicy& server = survey.policies[*assignment.server[want]];
  return server.is_as_granted ? nullptr : &server;
}

}  // namespace

void fetch_servers_after(std::size_t want, const Survey& survey, const Assignment& assignment) {
  constexpr std::size_t kNext = 3;
  constexpr std::size_t kSoon = 6;
  constexpr std::size_t kLater = 12;
  if (const auto* server = changing_server_of(want + kLater, survey, assignment)) {
    prefetch(server->policy, sizeof(Observed));
    prefetch(survey.wants[want + kLater].resolved, sizeof(ResolvedGrant));
  }
  if (const auto* server = changing_server_of(want + kSoon, survey, assignment)) {
    fetch_parts(server->policy->content);
    prefetch(&survey.wants[want + kSoon].grant(), sizeof(Grant));
  }
  if (const auto* server = changing_server_of(want + kNext, survey, assignment)) {
    fetch_values(server->policy->content);
    fetch_items(survey.wants[want + kNext].grant().subject);
    fetch_items(survey.wants[want + kNext].grant().resource);
  }
}

std::size_t expected_actions(const Survey& survey) {
  const auto may_change = [](const SurveyedPolicy& it) {
    return !it.is_as_granted && it.owner != OwnerClass::foreign && it.owner != OwnerClass::theirs &&
           it.owner != OwnerClass::unmanaged;
  };
  const auto is_missing = [](const Want& want) { return want.holders.empty(); };
  return static_cast<std::size_t>(std::ranges::count_if(survey.policies, may_change) +
                                  std::ranges::count_if(survey.wants, is_missing));
}

}  // namespace authzd
