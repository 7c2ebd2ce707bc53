// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A page of the list of policies (GET /v2/policies). What is read of a policy can be written to IAM
// and to the state and be read back as the same, and be shown to people.
#include "daemon/iam/policy_codec.hpp"
#include "reconciler/report/policy_list.hpp"
#include "tests/fuzz/policies.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

void check_unreadable(const UnreadablePolicy& policy) {
  promise(!policy.id.empty() && !policy.problem.empty(), "what is left out is named");
  promise_showable(policy.problem, "why it is left out may be shown");
}

void check_lists(const std::vector<Observed>& policies) {
  const ListOptions options{AccountId{std::string(kHomeAccount)}, "somebody"};
  promise_showable(list_text(policies, options), "a list of policies may be shown");
  promise_showable(list_json(policies, options), "a list of policies as JSON may be shown");
}

}  // namespace

void iam_policies(std::string_view input) {
  const auto page = decode_policy_page(input);
  if (!page) return check_bad_response(page.error());
  for (const Observed& policy : page->policies) check_policy(policy);
  for (const UnreadablePolicy& policy : page->unreadable) check_unreadable(policy);
  check_lists(page->policies);
}

}  // namespace authzd::fuzz
