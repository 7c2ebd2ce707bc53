// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/observation.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/converge/overlay.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

Error wrong_account(const AccountSpec& spec, const TokenIdentity& identity) {
  return {ErrorCode::forbidden,
          "the token belongs to account " + identity.account.value +
              ", but the configured account is " + spec.id.value +
              "; nothing is read or written until they are the same"};
}

Error partial_view(const AccountSpec& spec, const PolicyId& id, std::string_view finding) {
  return {ErrorCode::partial_view,
          "the list of account " + spec.id.value + " lacks policy " + printable(id.value) +
              ", which is ours and " + std::string(finding) +
              "; nothing is written from a partial view. Let the identity read every policy of the "
              "account"};
}

/// A policy made this lately may be unknown to the replica that answers (iam-api §6): 404 is not
/// yet news. A removal by another would show as state `deleted`.
bool is_new(const Observed& policy, Timestamp now, std::chrono::milliseconds settle) {
  const auto created = parse_rfc3339(policy.created_at);
  return created && now - *created < settle;
}

/// The policy as a read by id shows it; nothing where it is no more.
using Found = std::optional<Observed>;

Async<Found> read_one(ReadingContext context, PolicyId id) {
  auto read = co_await context.reader.get(id);
  if (read) {
    if (read->policy.state != PolicyState::active) co_return Found{};
    co_return Found{std::move(read->policy)};
  }
  if (read.error().code == ErrorCode::not_found) co_return Found{};
  if (read.error().code == ErrorCode::forbidden) {
    co_return partial_view(context.spec, id, "may not be read");
  }
  co_return std::move(read).error().context("reading policy " + id.value);
}

/// The policies of an account, sorted by id, while the list is being put right.
class View {
 public:
  explicit View(std::vector<Observed> policies) : policies_(std::move(policies)) {}

  [[nodiscard]] const Observed* find(const PolicyId& id) const {
    const auto place = std::ranges::lower_bound(policies_, id, {}, &Observed::id);
    return place != policies_.end() && place->id == id ? &*place : nullptr;
  }

  void put(Observed policy) {
    const auto place = std::ranges::lower_bound(policies_, policy.id, {}, &Observed::id);
    if (place != policies_.end() && place->id == policy.id) {
      *place = std::move(policy);
    } else {
      policies_.insert(place, std::move(policy));
    }
  }

  void drop(const PolicyId& id) {
    std::erase_if(policies_, [&id](const Observed& policy) { return policy.id == id; });
    gone_.insert(id);
  }

  /// What the state knows as ours, and nothing has shown.
  [[nodiscard]] std::vector<PolicyId> missing(const std::map<PolicyId, PolicyOrigin>& known) const {
    std::vector<PolicyId> missing;
    for (const auto& [id, origin] : known) {
      if (find(id) == nullptr && !gone_.contains(id)) missing.push_back(id);
    }
    return missing;
  }

  Observation take(TokenIdentity identity, std::chrono::milliseconds clock_skew) && {
    return {std::move(identity), std::move(policies_), {gone_.begin(), gone_.end()}, clock_skew};
  }

 private:
  std::vector<Observed> policies_;
  std::set<PolicyId> gone_;
};

/// An own write that the list does not show yet: it counts, unless a read shows otherwise.
Async<void> settle_by_reading(ReadingContext context,
                              View& view,  // coroutine-ref: the awaiter's
                              PolicyId id) {
  auto found = co_await read_one(context, id);
  if (!found) co_return std::move(found).error();
  if (*found) {
    view.put(std::move(**found));
    co_return Result<void>{};
  }
  const Observed* assumed = view.find(id);
  const bool lagging =
      assumed != nullptr && is_new(*assumed, context.clock.now(), context.spec.settle);
  if (!lagging) view.drop(id);
  co_return Result<void>{};
}

/// A policy of ours that the list lacks: gone, or the list is not the whole truth (design §6).
Async<void> confirm_gone(ReadingContext context,
                         View& view,  // coroutine-ref: the awaiter's
                         PolicyId id) {
  auto found = co_await read_one(context, id);
  if (!found) co_return std::move(found).error();
  if (*found) co_return partial_view(context.spec, id, "exists");
  view.drop(id);
  co_return Result<void>{};
}

std::chrono::milliseconds skew_of(const Listing& listing, Timestamp now) {
  return listing.server_date ? now - *listing.server_date : std::chrono::milliseconds{0};
}

}  // namespace

Async<Observation> observe(ReadingContext context) {
  auto identity = co_await context.reader.identity();
  if (!identity) co_return std::move(identity).error();
  if (identity->account != context.spec.id) co_return wrong_account(context.spec, *identity);

  auto listing = co_await context.reader.list();
  if (!listing) co_return std::move(listing).error().context("listing policies");
  const Timestamp now = context.clock.now();
  const auto skew = skew_of(*listing, now);
  const auto writes = context.state.policies.own_writes(now - context.spec.settle);
  if (!writes) co_return writes.error();
  const auto known = context.state.policies.known();
  if (!known) co_return known.error();

  OverlayResult overlaid =
      overlay_own_writes(std::move(listing->policies), *writes, now, context.spec.settle);
  View view(std::move(overlaid.policies));
  for (const PolicyId& id : overlaid.to_settle) {
    if (auto settled = co_await settle_by_reading(context, view, id); !settled) {
      co_return std::move(settled).error();
    }
  }
  for (const PolicyId& id : view.missing(*known)) {
    if (auto gone = co_await confirm_gone(context, view, id); !gone) {
      co_return std::move(gone).error();
    }
  }
  co_return std::move(view).take(std::move(*identity), skew);
}

}  // namespace authzd
