// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/wire.hpp"

#include <algorithm>
#include <utility>

namespace authzd::test {
namespace {

Error lost_reply() {
  Error error{ErrorCode::unavailable, "the connection was reset"};
  error.detail.may_have_happened = true;
  return error;
}

/// The second time, the ETag is an old one, the policy is gone, or has a rival that nobody names.
Error denial(Verb verb) {
  const bool is_gone = verb == Verb::remove;
  Error error{is_gone ? ErrorCode::not_found : ErrorCode::conflict, "it is not as expected"};
  error.detail.http_status = is_gone ? 404 : verb == Verb::update ? 412 : 400;
  return error;
}

/// Why the call fails before it reaches IAM.
std::optional<Error> end_before(Trouble trouble) {
  if (trouble == Trouble::killed_before) throw Killed();
  if (trouble == Trouble::lost_before) return lost_reply();
  if (trouble == Trouble::refused) return Error{ErrorCode::unavailable, "IAM is busy"};
  return std::nullopt;
}

/// Replaces any marker by the installation's own.
std::string claimed(std::string description) {
  constexpr std::string_view kOpening = "(authzd: ";
  const auto at = description.rfind(kOpening);
  if (at == std::string::npos) return description;
  const auto owner = at + kOpening.size();
  const auto slash = description.find('/', owner);
  return description.replace(owner, slash - owner, "prod");
}

}  // namespace

Trouble Wire::set_out() {
  if (around_.is_silent) return Trouble::refused;
  if (around_.trouble == Trouble::none || around_.trouble_in-- > 0) return Trouble::none;
  return std::exchange(around_.trouble, Trouble::none);
}

/// IAM has done a write: whatever else was to happen, its outcome may have to stay hidden.
Trouble Wire::hide(Trouble trouble) {
  switch (std::exchange(around_.next_write, Hidden::no)) {
    case Hidden::no: return trouble;
    case Hidden::by_silence: around_.is_silent = true; return Trouble::lost_after;
    case Hidden::by_denial: return Trouble::denied_after;
    case Hidden::by_death: return Trouble::killed_after;
  }
  return trouble;
}

std::optional<Observed> Wire::truth(const PolicyId& id) const {
  const auto found = around_.iam.get(id);
  if (!found || found->policy.state != PolicyState::active) return std::nullopt;
  return found->policy;
}

Result<Written> Wire::come_back(Trouble trouble,
                                Verb verb,
                                std::optional<Observed> before,
                                Result<Versioned> stored) {
  if (stored) {
    const PolicyId id = stored->policy.id;
    const Timestamp now = around_.clock.now();
    around_.witness.did({verb, id, std::move(before), truth(id)}, now);
    around_.witness.looks(around_.iam.list(), now);
    if (verb == Verb::remove) around_.uses.erase(id);
    trouble = hide(trouble);
  }
  if (trouble == Trouble::killed_after) throw Killed();
  if (trouble == Trouble::lost_after) return lost_reply();
  if (stored && trouble == Trouble::denied_after) return denial(verb);
  if (!stored) return std::move(stored).error();
  return Written{std::move(*stored), "transaction"};
}

Observed Wire::as_shown(Observed policy) const {
  if (const auto use = around_.uses.find(policy.id); use != around_.uses.end()) {
    policy.last_permit_at = use->second;
  }
  std::string& text = policy.content.description;
  switch (around_.flaw) {
    case Flaw::believes_any_account:
      policy.content.resource = [&] {
        std::vector<Attribute> items = policy.content.resource.copy_items();
        for (Attribute& item : items) {
          if (item.name == "accountId") item.value = kLawAccount.value;
        }
        return AttributeSet(std::move(items));
      }();
      break;
    case Flaw::takes_all_for_its_own:
      policy.last_modified_by = around_.who;
      text = claimed(std::move(text));
      break;
    case Flaw::disowns_its_markers:
      if (const auto at = text.find("(authzd: prod/"); at != std::string::npos) {
        text.replace(at, 14, "(authzd: else/");
      }
      break;
    default: break;
  }
  return policy;
}

Async<TokenIdentity> Wire::identity() {
  const Trouble trouble = set_out();
  if (auto error = end_before(trouble)) co_return std::move(*error);
  co_return TokenIdentity{around_.who, around_.iam.account()};
}

Async<Listing> Wire::list() {
  const Trouble trouble = set_out();
  if (auto error = end_before(trouble)) co_return std::move(*error);
  if (trouble == Trouble::lost_after) co_return lost_reply();
  Listing listing;
  for (Observed& policy : around_.iam.list(around_.behind)) {
    listing.policies.own().push_back(as_shown(std::move(policy)));
  }
  if (around_.flaw == Flaw::believes_the_host) {
    listing.server_date = around_.clock.now() + around_.host_offset;
  } else if (around_.sends_date) {
    listing.server_date = around_.iam_now();
  }
  listing.has_last_permit = true;
  co_return listing;
}

Async<Versioned> Wire::get(PolicyId id) {
  const Trouble trouble = set_out();
  if (auto error = end_before(trouble)) co_return std::move(*error);
  auto read = around_.iam.get(id, around_.behind);
  if (!read) co_return read;
  read->policy = as_shown(std::move(read->policy));
  co_return read;
}

Async<RoleTable> Wire::roles(RoleQuery) {
  RoleTable table;
  for (std::size_t i = 0; i < kRoles; ++i) {
    auto& group = i == kDelegator ? table.system : table.service;
    group.push_back({role_crn(i), kRoleNames.at(i)});
  }
  co_return table;
}

Async<Written> Wire::create(PolicyContent content) {
  const Trouble trouble = set_out();
  if (auto error = end_before(trouble)) co_return std::move(*error);
  co_return come_back(
      trouble, Verb::create, std::nullopt, around_.iam.create(content, around_.who));
}

Async<Written> Wire::replace(PolicyId id,
                             PolicyContent content,
                             Etag etag,
                             PolicyLayout /*layout*/) {
  const Trouble trouble = set_out();
  if (auto error = end_before(trouble)) co_return std::move(*error);
  if (around_.flaw == Flaw::strips_markers) content.description = "no marker";
  auto before = truth(id);
  auto stored = around_.iam.replace(id, content, etag, around_.who);
  co_return come_back(trouble, Verb::update, std::move(before), std::move(stored));
}

Async<std::string> Wire::remove(PolicyId id) {
  const Trouble trouble = set_out();
  if (auto error = end_before(trouble)) co_return std::move(*error);
  if (around_.flaw == Flaw::lies_about_deletes) co_return std::string("transaction");
  auto before = truth(id);
  auto stored = around_.iam.remove(id, around_.who);
  auto done = come_back(trouble, Verb::remove, std::move(before), std::move(stored));
  if (!done) co_return std::move(done).error();
  co_return std::move(done->transaction_id);
}

Async<Written> Wire::restore(PolicyId id, Etag etag) {
  const Trouble trouble = set_out();
  if (auto error = end_before(trouble)) co_return std::move(*error);
  co_return come_back(
      trouble, Verb::create, std::nullopt, around_.iam.restore(id, etag, around_.who));
}

}  // namespace authzd::test
