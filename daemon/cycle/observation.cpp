// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/observation.hpp"

#include "daemon/iam/token.hpp"
#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/converge/overlay.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/ownership.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

Error partial_view(const AccountSpec& spec, const PolicyId& id, std::string_view finding) {
  return {ErrorCode::partial_view,
          "the list of account " + spec.id.value + " lacks policy " + printable(id.value) +
              ", which is ours and " + std::string(finding) +
              "; nothing is written from a partial view. Let the identity read every policy of the "
              "account"};
}

/// A policy is stored in its target's account.
std::string_view account_of(const Observed& policy) {
  return only_value(policy.content.resource, "accountId");
}

bool is_elsewhere(const AccountSpec& spec, const Observed& policy) {
  const std::string_view account = account_of(policy);
  return !account.empty() && account != spec.id.value;
}

Error foreign_list(const AccountSpec& spec, const Observed& policy) {
  return {ErrorCode::foreign_list,
          "the list of account " + spec.id.value + " holds policy " + printable(policy.id.value) +
              ", whose target is in account " + printable(account_of(policy)) +
              "; nothing is written or learned from such a list. Check the IAM endpoint, and what "
              "stands between it and authzd: a proxy, a cache"};
}

/// The replica that answers may not know a policy this new yet (iam-api §6): a 404 says nothing. A
/// removal by someone else would show as state `deleted`.
bool is_new(const Observed& policy, const TrustedTime& time, std::chrono::milliseconds settle) {
  const auto created = parse_rfc3339(policy.created_at);
  return created && time.is_within(*created, settle);
}

/// An identity that may see nothing sees the same as in an empty account.
Error blind_view(const AccountSpec& spec, std::size_t known) {
  return {ErrorCode::partial_view,
          "the list of account " + spec.id.value +
              " is empty, and no read shows what happened to " +
              count_of(known, "policy", "policies") +
              " of ours: an identity that may see nothing sees the same; nothing is written from a "
              "partial view. Let the identity read every policy of the account; if they were "
              "really deleted, set iam.allowEmptyAccount: true"};
}

/// The policy as a read by id shows it, active or deleted; nothing if IAM does not know it.
using FoundPolicy = std::optional<Observed>;

Async<FoundPolicy> read_one(ReadingContext context, PolicyId id) {
  auto read = co_await context.reader.get(id);
  if (read) co_return FoundPolicy{std::move(read->policy)};
  if (read.error().code == ErrorCode::not_found) co_return FoundPolicy{};
  if (read.error().code == ErrorCode::forbidden) {
    co_return partial_view(context.spec, id, "may not be read");
  }
  co_return std::move(read).error();  // it says which policy was read
}

/// The policies of an account, sorted by id, while the list is being corrected.
class View {
 public:
  explicit View(SharedPolicies policies) : policies_(std::move(policies)) {}

  [[nodiscard]] const Observed* find(const PolicyId& id) const {
    const auto place = std::ranges::lower_bound(policies_, id, {}, &Observed::id);
    return place != policies_.end() && place->id == id ? &*place : nullptr;
  }

  void put(Observed policy) {
    std::vector<Observed>& policies = policies_.own();
    const auto place = std::ranges::lower_bound(policies, policy.id, {}, &Observed::id);
    if (place != policies.end() && place->id == policy.id) {
      *place = std::move(policy);
    } else {
      policies.insert(place, std::move(policy));
    }
  }

  /// Adds what a second read of the list shows in addition.
  void add(const std::vector<Observed>& listed) {
    for (const Observed& policy : listed) {
      const bool is_settled = gone_.contains(policy.id) || foreign_.contains(policy.id);
      if (find(policy.id) == nullptr && !is_settled) put(policy);
    }
  }

  void drop(const PolicyId& id) {
    if (find(id) != nullptr) {
      std::erase_if(policies_.own(), [&id](const Observed& policy) { return policy.id == id; });
    }
    gone_.insert(id);
  }

  /// A read shows that it was deleted.
  void drop_deleted(Observed policy) {
    drop(policy.id);
    deleted_.push_back(std::move(policy));
  }

  void drop_foreign(const PolicyId& id) {
    drop(id);
    gone_.erase(id);
    foreign_.insert(id);
  }

  [[nodiscard]] bool has_seen_anything() const {
    return !policies_.empty() || !deleted_.empty() || !foreign_.empty();
  }

  /// Policies that the state knows as ours and that nothing has shown.
  [[nodiscard]] std::vector<PolicyId> missing(const KnownPolicies& known) const {
    std::vector<PolicyId> missing;
    auto listed = policies_.begin();  // both are sorted by id
    for (const auto& [id, origin] : *known) {
      while (listed != policies_.end() && listed->id < id) ++listed;
      const bool is_there = listed != policies_.end() && listed->id == id;
      const bool is_settled = gone_.contains(id) || foreign_.contains(id);
      if (!is_there && !is_settled) missing.push_back(id);
    }
    return missing;
  }

  void take(Observation& observation) && {
    observation.policies = std::move(policies_);
    observation.gone = {gone_.begin(), gone_.end()};
    observation.deleted = std::move(deleted_);
    observation.foreign = {foreign_.begin(), foreign_.end()};
  }

 private:
  SharedPolicies policies_;
  std::set<PolicyId> gone_;
  std::vector<Observed> deleted_;
  std::set<PolicyId> foreign_;
};

/// The list, and with it the time by IAM's clock. A list with a policy of another account is not
/// ours, and is discarded as a whole.
Async<Listing> list_policies(ReadingContext context) {
  const auto asked = context.time.ticks();
  auto listing = co_await context.reader.list();
  if (!listing) co_return std::move(listing).error();
  if (listing->server_date) {
    context.time.hear(*listing->server_date, listing->date_asked.value_or(asked));
  }
  const auto foreign = std::ranges::find_if(listing->policies, [&context](const Observed& policy) {
    return is_elsewhere(context.spec, policy);
  });
  if (foreign != listing->policies.end()) co_return foreign_list(context.spec, *foreign);
  co_return listing;
}

/// Whether an unreadable policy is one that a plan must not ignore.
bool may_be_ours(const UnreadablePolicy& policy,
                 const ReadingContext& context,
                 const IamId& identity,
                 const KnownPolicies& known) {
  if (known->contains(policy.id)) return true;
  const auto is_us = [&](const IamId& id) {
    return id == identity || context.spec.identities.contains(id);
  };
  if (!is_us(policy.created_by) && !is_us(policy.last_modified_by)) return false;
  if (!policy.description) return true;
  const auto marker = parse_description(*policy.description).marker;
  return marker && (marker->owner == context.spec.owner ||
                    context.spec.previous_owners.contains(marker->owner));
}

/// What an unreadable policy of our own grants is unknown, and what else needs it. Those of others
/// are left alone anyway: the reader has reported them.
Result<void> check_unreadable(const std::vector<UnreadablePolicy>& unreadable,
                              const ReadingContext& context,
                              const IamId& identity) {
  if (unreadable.empty()) return {};
  const auto known = context.state.policies.known();
  if (!known) return known.error();
  for (const UnreadablePolicy& policy : unreadable) {
    if (!may_be_ours(policy, context, identity, *known)) continue;
    return Error{ErrorCode::partial_view,
                 "a policy that is ours cannot be read: " + policy.problem +
                     "; nothing is written until it can be read or is deleted"};
  }
  return {};
}

/// An own write that the list does not show yet: it counts, unless a read disproves it. A 404 says
/// nothing about a new policy; state `deleted` does, however new it is.
Async<void> settle_by_reading(ReadingContext context,
                              View& view,  // coroutine-ref: the awaiter's
                              PolicyId id) {
  auto found = co_await read_one(context, id);
  if (!found) co_return std::move(found).error();
  if (*found && is_elsewhere(context.spec, **found)) {
    view.drop_foreign(id);
    co_return Result<void>{};
  }
  if (*found && (*found)->state == PolicyState::deleted) {
    view.drop_deleted(std::move(**found));
    co_return Result<void>{};
  }
  if (*found) {
    view.put(std::move(**found));
    co_return Result<void>{};
  }
  const Observed* assumed = view.find(id);
  const bool lagging =
      assumed != nullptr && is_new(*assumed, context.time.now(), context.spec.settle);
  if (!lagging) view.drop(id);
  co_return Result<void>{};
}

/// A reply to a create may have had the wrong id: the state takes that policy for ours, and it
/// belongs to a service or a template.
bool is_of_others(const Observed& policy) {
  return !policy.template_id.empty() || is_service_made(policy);
}

/// One of our policies that the list lacks: gone, or the list is incomplete (design §6). Returns
/// whether it exists.
Async<bool> is_there_unlisted(ReadingContext context,
                              View& view,  // coroutine-ref: the awaiter's
                              PolicyId id) {
  auto found = co_await read_one(context, id);
  if (!found) co_return std::move(found).error();
  bool is_there = false;
  if (!*found) {
    view.drop(id);
  } else if (is_elsewhere(context.spec, **found) || is_of_others(**found)) {
    view.drop_foreign(id);
  } else if ((*found)->state == PolicyState::deleted) {
    view.drop_deleted(std::move(**found));
  } else {
    is_there = true;
  }
  co_return is_there;
}

/// Facts about the list that a view was made from.
struct ListFacts {
  IamId identity;  // that read it
  std::size_t pages = 1;
};

/// Handles policies that exist but that the list lacks. A list of several pages may have changed
/// while it was read, so that a page began after a policy: it is read once more, and new policies
/// are added. A list of one page, or one that lacks the policy again, is incomplete.
Async<void> look_again(ReadingContext context,
                       ListFacts list,
                       std::vector<PolicyId> unlisted,
                       View& view) {  // coroutine-ref: the awaiter's
  if (unlisted.empty()) co_return Result<void>{};
  if (list.pages <= 1) co_return partial_view(context.spec, unlisted.front(), "exists");
  auto second = co_await list_policies(context);
  if (!second) co_return std::move(second).error();
  if (auto read = check_unreadable(second->unreadable, context, list.identity); !read) {
    co_return std::move(read).error();
  }
  view.add(second->policies);
  for (const PolicyId& id : unlisted) {
    if (view.find(id) == nullptr) co_return partial_view(context.spec, id, "exists");
  }
  co_return Result<void>{};
}

/// Checks what the state knows as ours and the list lacks.
Async<void> confirm_missing(ReadingContext context,
                            ListFacts list,
                            const Observation& observation,  // coroutine-ref: the awaiter's
                            View& view) {                    // coroutine-ref: the awaiter's
  const OpenWrites& ends = observation.open_writes;
  std::vector<PolicyId> missing = view.missing(observation.known);
  // Nothing is assumed about open writes: neither that a policy is gone, nor that it exists.
  std::erase_if(missing, [&ends](const PolicyId& id) { return is_open(ends, id); });
  std::vector<PolicyId> unlisted;
  for (const PolicyId& id : missing) {
    auto is_there = co_await is_there_unlisted(context, view, id);
    if (!is_there) co_return std::move(is_there).error();
    if (*is_there) unlisted.push_back(id);
  }
  if (auto whole = co_await look_again(context, std::move(list), std::move(unlisted), view);
      !whole) {
    co_return whole;
  }
  const bool is_blind = !missing.empty() && !view.has_seen_anything();
  if (is_blind && !context.spec.allow_empty_account) {
    co_return blind_view(context.spec, missing.size());
  }
  co_return Result<void>{};
}

}  // namespace

std::string unreadable_text(std::span<const UnreadablePolicy> policies) {
  constexpr std::size_t kMostNamed = 5;
  if (policies.empty()) return {};
  std::vector<std::string> problems;
  for (const UnreadablePolicy& policy : policies.first(std::min(policies.size(), kMostNamed))) {
    problems.push_back(without_secrets(policy.problem));
  }
  std::string text =
      count_of(policies.size(), "policy of others", "policies of others") +
      " cannot be read, so that nobody knows what they grant: " + join(problems, "; ");
  if (policies.size() > kMostNamed) {
    text += "; and " + std::to_string(policies.size() - kMostNamed) + " more";
  }
  return text;
}

Plan with_unreadable(Plan plan, std::span<const UnreadablePolicy> policies) {
  if (policies.empty()) return plan;
  Note note;
  note.kind = NoteKind::kept;
  note.reason = NoteReason::unreadable;
  note.message = unreadable_text(policies);
  note.id = policies.front().id;
  plan.notes.push_back(std::move(note));
  sort_notes(plan);
  return plan;
}

Async<Observation> observe(ReadingContext context) {
  Observation observation;
  auto identity = co_await context.reader.identity();
  if (!identity) co_return std::move(identity).error();
  if (identity->account != context.spec.id)
    co_return wrong_account(identity->account, context.spec.id);
  observation.identity = std::move(*identity);

  auto listing = co_await list_policies(context);
  if (!listing) co_return std::move(listing).error();
  auto readable = check_unreadable(listing->unreadable, context, observation.identity.iam_id);
  if (!readable) co_return std::move(readable).error();
  observation.unreadable = std::move(listing->unreadable);
  auto ends = co_await settle_loose_ends(context, listing->policies, observation.identity.iam_id);
  if (!ends) co_return std::move(ends).error();
  observation.open_writes = std::move(*ends);
  observation.time = context.time.now();
  const Timestamp now = observation.time.now;
  const auto writes = context.state.policies.own_writes(now - context.spec.settle);
  if (!writes) co_return writes.error();

  observation.is_use_known = listing->has_last_permit;
  observation.list_took = listing->took;
  const std::size_t pages = listing->pages;
  OverlayResult overlaid =
      overlay_own_writes(std::move(listing->policies), *writes, now, context.spec.settle);
  View view(std::move(overlaid.policies));
  for (const PolicyId& id : overlaid.to_settle) {
    if (auto settled = co_await settle_by_reading(context, view, id); !settled) {
      co_return std::move(settled).error();
    }
  }
  auto known = context.state.policies.known();
  if (!known) co_return std::move(known).error();
  observation.known = std::move(*known);
  ListFacts list{observation.identity.iam_id, pages};
  auto confirmed = co_await confirm_missing(context, std::move(list), observation, view);
  if (!confirmed) co_return std::move(confirmed).error();
  std::move(view).take(observation);
  co_return observation;
}

}  // namespace authzd
