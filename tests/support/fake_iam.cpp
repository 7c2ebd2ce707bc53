// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/fake_iam.hpp"

#include "reconciler/base/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace authzd::test {
namespace {

Error refuse(ErrorCode code, int status, std::string message) {
  Error error{code, std::move(message)};
  error.detail.http_status = status;
  error.detail.transaction_id = "refused";
  return error;
}

Error not_found(const PolicyId& id) {
  return refuse(ErrorCode::not_found, 404, "Policy with Id " + id.value + " not found.");
}

PolicyId make_id(std::size_t number) {
  std::string text(64, '\0');
  const int size =
      std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012zu", number);
  text.resize(static_cast<std::size_t>(size));
  return PolicyId{text};
}

}  // namespace

Result<Versioned> FakeIam::create(const PolicyContent& content, const IamId& who) {
  if (const Versioned* rival = rival_of(content, PolicyId{})) {
    Error error = refuse(ErrorCode::conflict, 409, "identical attributes already exist");
    error.detail.service_code = "policy_conflict_error";
    error.detail.conflicts_with = rival->policy.id.value;
    return error;
  }
  Observed policy;
  policy.id = make_id(writes_ + 1);
  policy.content = content;
  policy.created_by = who;
  Versioned stored = commit(std::move(policy), who);
  return stored;
}

Result<Versioned> FakeIam::replace(const PolicyId& id,
                                   const PolicyContent& content,
                                   const Etag& etag,
                                   const IamId& who) {
  const auto found = store_.find(id);
  if (found == store_.end() || found->second.policy.state == PolicyState::deleted) {
    return not_found(id);
  }
  if (etag != found->second.etag) return refuse(ErrorCode::conflict, 412, "the ETag moved");
  if (rival_of(content, id)) return refuse(ErrorCode::conflict, 409, "identical attributes");
  Observed policy = found->second.policy;
  policy.content = content;
  return commit(std::move(policy), who);
}

Result<Versioned> FakeIam::remove(const PolicyId& id, const IamId& who) {
  const auto found = store_.find(id);
  if (found == store_.end() || found->second.policy.state == PolicyState::deleted) {
    return not_found(id);
  }
  Observed policy = found->second.policy;
  policy.state = PolicyState::deleted;
  return commit(std::move(policy), who);
}

Result<Versioned> FakeIam::restore(const PolicyId& id, const Etag& etag, const IamId& who) {
  const auto found = store_.find(id);
  if (found == store_.end()) return not_found(id);
  if (etag != found->second.etag) return refuse(ErrorCode::conflict, 412, "the ETag moved");
  if (rival_of(found->second.policy.content, id)) {
    return refuse(ErrorCode::conflict, 409, "identical attributes");
  }
  Observed policy = found->second.policy;
  policy.state = PolicyState::active;
  return commit(std::move(policy), who);
}

Result<Versioned> FakeIam::get(const PolicyId& id, std::size_t behind) const {
  const Store& store = replica(behind);
  const auto found = store.find(id);
  if (found == store.end()) return not_found(id);
  return found->second;
}

std::vector<Observed> FakeIam::list(std::size_t behind) const {
  std::vector<Observed> active;
  for (const auto& [id, versioned] : replica(behind)) {
    if (versioned.policy.state == PolicyState::active) active.push_back(versioned.policy);
  }
  return active;
}

Versioned FakeIam::seed(const PolicyContent& content, const IamId& who) {
  return create(content, who).value();
}

void FakeIam::place(Observed policy) {
  const PolicyId id = policy.id;
  Versioned stored{std::move(policy), Etag{"placed-" + id.value.substr(30)}};
  store_.insert_or_assign(id, std::move(stored));
}

void FakeIam::purge(const PolicyId& id) {
  store_.erase(id);
}

const FakeIam::Store& FakeIam::replica(std::size_t behind) const {
  if (behind == 0 || history_.empty()) return store_;
  return history_[history_.size() - std::min(behind, history_.size())];
}

const Versioned* FakeIam::rival_of(const PolicyContent& content, const PolicyId& but) const {
  const Key key = key_of(account_, content);
  for (const auto& [id, versioned] : store_) {
    const bool counts = id != but && versioned.policy.state == PolicyState::active;
    if (counts && key_of(account_, versioned.policy.content) == key) return &versioned;
  }
  return nullptr;
}

Versioned FakeIam::commit(Observed policy, const IamId& who) {
  history_.push_back(store_);
  policy.last_modified_at = next_time();
  policy.last_modified_by = who;
  if (policy.created_at.empty()) policy.created_at = policy.last_modified_at;
  const PolicyId id = policy.id;
  Versioned stored{std::move(policy), Etag{std::to_string(writes_) + "-" + id.value.substr(30)}};
  store_.insert_or_assign(id, stored);
  return stored;
}

/// One second per write, so that no two writes have the same time.
std::string FakeIam::next_time() {
  ++writes_;
  if (clock_) {
    last_time_ = std::max(clock_(), last_time_ + std::chrono::milliseconds(1));
    return to_rfc3339(last_time_);
  }
  return to_rfc3339(Timestamp{std::chrono::seconds{1'790'000'000 + static_cast<long>(writes_)}});
}

}  // namespace authzd::test
