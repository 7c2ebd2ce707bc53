// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/paging.hpp"

#include <utility>

namespace authzd {
namespace {

Error endless(std::string_view why) {
  return Error{ErrorCode::bad_response, "IAM's list of policies " + std::string(why)};
}

}  // namespace

Result<std::string> PageCollector::add(PolicyPage page) {
  const std::size_t before = policies_.size();
  const bool has_any = !page.policies.empty();
  for (Observed& policy : page.policies) {
    PolicyId id = policy.id;
    policies_.insert_or_assign(std::move(id), std::move(policy));
  }
  ++pages_;
  const bool has_news = policies_.size() > before;
  if (has_news) without_news_ = 0;
  if (has_any && !has_news && ++without_news_ > kMostRepeats) return endless("repeats its pages");
  if (policies_.size() > kMostPolicies) return endless("grows without end");
  if (page.next_start.empty()) return std::string();
  if (!starts_.insert(page.next_start).second) return endless("leads back to an earlier page");
  if (pages_ >= kMostPages) return endless("has too many pages");
  return std::move(page.next_start);
}

std::vector<Observed> PageCollector::take() {
  std::vector<Observed> active;
  active.reserve(policies_.size());
  for (auto& [id, policy] : policies_) {
    if (policy.state == PolicyState::active) active.push_back(std::move(policy));
  }
  policies_.clear();
  return active;
}

}  // namespace authzd
