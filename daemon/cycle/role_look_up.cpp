// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/role_look_up.hpp"

#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "daemon/net/async.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace authzd {
namespace {

bool has_crns_only(const Grant& grant) {
  return std::all_of(grant.roles.begin(), grant.roles.end(), is_crn);
}

/// The roles of IAM's policies, by the key that a grant for them would have; made on first use,
/// which is rare.
class HeldRoles {
 public:
  HeldRoles(const AccountId& account, std::span<const Observed> policies)
      : account_(account), policies_(policies) {}

  bool has(const Key& key, const std::string& crn) {
    if (!by_key_) fill();
    const auto found = by_key_->find(key);
    return found != by_key_->end() && found->second->contains(crn);
  }

 private:
  void fill() {
    by_key_.emplace();
    for (const Observed& policy : policies_) {
      if (policy.state != PolicyState::active) continue;
      by_key_->emplace(key_of(account_, policy.content), &policy.content.roles);
    }
  }

  const AccountId& account_;
  std::span<const Observed> policies_;
  std::optional<std::map<Key, const RoleSet*>> by_key_;
};

/// IAM has no roles for a misspelt service; if a similar name exists, the error suggests it.
Error with_service_hint(Error error, const RoleQuery& pair) {
  for (const std::string& service : {pair.source_service, pair.target_service}) {
    const ServiceNames& names = known_services();
    if (names.judge(service).verdict != ServiceNames::Verdict::unknown) continue;
    const std::string nearest = names.nearest(service);
    if (nearest.empty()) continue;
    error.message += " (" + printable(service) + ": did you mean \"" + nearest + "\"?)";
  }
  return error;
}

Result<RoleSet> resolve(const Grant& grant,
                        const RoleTable& table,
                        const RoleQuery& pair,
                        HeldRoles& held) {
  RoleSet crns;
  for (const std::string& written : grant.roles) {
    auto crn = resolve_role(table, written, pair);
    // IAM accepts a role that its own policy has, whatever the look-up says.
    if (!crn && is_crn(written) && held.has(grant.key, written)) crn = written;
    if (!crn && table.empty()) return with_service_hint(std::move(crn).error(), pair);
    if (!crn) return std::move(crn).error();
    crns.insert(std::move(*crn));
  }
  return crns;
}

using Tables = std::map<RoleQuery, Result<RoleTable>>;

/// New pairs per plan; the next one continues. IBM documents some hundreds.
constexpr std::size_t kMostLookUps = 1'000;
/// This many failures in a row are due to IAM, and not to the pairs.
constexpr std::size_t kMostFailures = 8;

bool is_outage(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout;
}

/// The tables of a plan's pairs, several requests at a time. No revision must make a cycle last for
/// hours: neither by its number of pairs, nor if IAM answers none of them.
class LookUps {
 public:
  explicit LookUps(PolicyReader& reader) : reader_(reader) {}

  void add(const RoleQuery& pair) {
    if (tables_.contains(pair)) return;
    if (auto known = reader_.cached_roles(pair)) {
      tables_.emplace(pair, std::move(*known));
    } else if (asked_.size() < kMostLookUps) {
      asked_.push_back(pair);
      tables_.emplace(pair, Error{ErrorCode::internal, "not asked"});
    } else {
      tables_.emplace(pair,
                      Error{ErrorCode::unavailable,
                            "not asked yet: this plan has asked for the roles of " +
                                std::to_string(kMostLookUps) +
                                " new pairs of services, and the next one continues"});
    }
  }

  Async<void> ask(std::size_t concurrency) {
    co_await together(asked_.size(), concurrency, [this](std::size_t i) { return ask_one(i); });
    if (for_all_) co_return Error(*for_all_);
    co_return Result<void>{};
  }

  [[nodiscard]] const Tables& tables() const { return tables_; }

 private:
  boost::asio::awaitable<void> ask_one(std::size_t index) {
    const RoleQuery& pair = asked_[index];
    Result<RoleTable>& table = tables_.at(pair);
    if (for_all_) co_return;
    if (outage_) {
      table = Error(*outage_).context("not asked, as IAM has answered none of the last " +
                                      std::to_string(kMostFailures));
      co_return;
    }
    table = co_await reader_.roles(pair);
    if (table) {
      failures_ = 0;
    } else if (concerns_all(table.error())) {
      for_all_ = table.error();
    } else if (is_outage(table.error()) && ++failures_ == kMostFailures) {
      outage_ = table.error();
    }
  }

  PolicyReader& reader_;
  Tables tables_;
  std::vector<RoleQuery> asked_;
  std::size_t failures_ = 0;      // in a row
  std::optional<Error> outage_;   // no more requests are sent
  std::optional<Error> for_all_;  // and nothing can be used
};

std::set<RoleQuery> pairs_in(const Plan& plan) {
  std::set<RoleQuery> pairs;
  const auto add = [&pairs](const PolicyContent& content) {
    pairs.insert(role_query(content.subject, content.resource));
  };
  for (const Action& action : plan.actions) {
    if (action.before) add(*action.before);
    if (action.after) add(*action.after);
  }
  for (const Note& note : plan.notes) {
    if (const PolicyContent* shown = shown_of(note)) add(*shown);
  }
  return pairs;
}

void collect_names(const RoleTable& table, RoleNames& names) {
  for (const auto* group : {&table.service, &table.system, &table.custom}) {
    for (const Role& role : *group) names.emplace(role.crn, role.display_name);
  }
}

}  // namespace

// Grants, policies and `unresolved` outlive the call: the caller owns them.
Async<ResolvedRoles> resolve_roles(
    ReadingContext context,
    std::span<const Grant> grants,
    std::span<const Observed> policies,
    const std::map<Key, Error>& unresolved) {  // coroutine-ref: the awaiter's
  HeldRoles held(context.spec.id, policies);
  ResolvedRoles resolved;
  resolved.grants.reserve(grants.size());
  LookUps look_ups(context.reader);
  for (const Grant& grant : grants) look_ups.add(role_query(grant.subject, grant.resource));
  if (auto asked = co_await look_ups.ask(context.spec.concurrency); !asked) {
    co_return std::move(asked).error();
  }
  for (const auto& [pair, table] : look_ups.tables()) {
    if (table) collect_names(*table, resolved.names);
  }
  for (const Grant& grant : grants) {
    const RoleQuery pair = role_query(grant.subject, grant.resource);
    const Result<RoleTable>& table = look_ups.tables().at(pair);
    if (const auto lost = unresolved.find(grant.key); lost != unresolved.end()) {
      Result<RoleSet> none = lost->second;
      resolved.grants.push_back({&grant, std::move(none), false});
    } else if (table) {
      resolved.grants.push_back({&grant, resolve(grant, *table, pair, held)});
    } else if (has_crns_only(grant)) {
      // Private endpoints have no look-up: CRNs are used as they are, and IAM judges them.
      resolved.grants.push_back({&grant, RoleSet(grant.roles.begin(), grant.roles.end())});
    } else {
      resolved.grants.push_back({&grant, Result<RoleSet>(table.error())});
    }
  }
  co_return resolved;
}

Async<RoleNames> look_up_role_names(ReadingContext context, std::set<RoleQuery> pairs) {
  LookUps look_ups(context.reader);
  for (const RoleQuery& pair : pairs) look_ups.add(pair);
  if (auto asked = co_await look_ups.ask(context.spec.concurrency); !asked) {
    co_return std::move(asked).error();
  }
  RoleNames names;
  for (const auto& [pair, table] : look_ups.tables()) {
    if (table) collect_names(*table, names);
  }
  co_return names;
}

namespace {

/// Those that are known and those that IBM publishes; a pair is looked for once.
class KnownNames {
 public:
  KnownNames(const PolicyReader& reader, RoleNames& names) : names_(names) {
    for (const Role& role : reader.known_roles()) names_.emplace(role.crn, role.display_name);
  }

  void add(const PolicyContent& content) {
    const auto is_known = [this](const std::string& crn) { return names_.contains(crn); };
    if (std::ranges::all_of(content.roles, is_known)) return;
    const RoleQuery pair = role_query(content.subject, content.resource);
    if (!seen_.insert(pair).second) return;
    for (const Role& role : published_roles(pair)) names_.emplace(role.crn, role.display_name);
  }

  void add(const Action& action) {
    if (action.before) add(*action.before);
    if (action.after) add(*action.after);
  }

 private:
  RoleNames& names_;
  std::set<RoleQuery> seen_;
};

}  // namespace

void add_known_names(const PolicyReader& reader, const Plan& plan, RoleNames& names) {
  KnownNames known(reader, names);
  for (const Action& action : plan.actions) known.add(action);
  for (const Note& note : plan.notes) {
    if (note.policy) known.add(*note.policy);
    for (const Action& action : note.dropped) known.add(action);
  }
}

void add_known_names(const PolicyReader& reader, const RunDetail& run, RoleNames& names) {
  KnownNames known(reader, names);
  for (const RecordedAction& recorded : run.actions) known.add(recorded.action);
}

RoleNames names_told_to(const RunDetail& run) {
  RoleNames names;
  for (const RecordedAction& action : run.actions) {
    if (!action.outcome || !action.outcome->stored) continue;
    const auto& told = action.outcome->stored->policy.role_names;
    names.insert(told.begin(), told.end());
  }
  return names;
}

Async<RoleNames> names_for(ReadingContext context,
                           const Plan& plan,
                           const Desired& desired,
                           std::span<const Observed> policies) {
  std::set<RoleQuery> pairs = pairs_in(plan);
  if (!desired.assertions.empty()) {
    for (const Grant& grant : desired.grants) {
      pairs.insert(role_query(grant.subject, grant.resource));
    }
  }
  auto names = co_await look_up_role_names(context, std::move(pairs));
  if (!names) co_return std::move(names).error();
  for (const Observed& policy : policies) {
    names->insert(policy.role_names.begin(), policy.role_names.end());
  }
  if (const auto known = context.state.instances.known()) names->merge(names_of(*known));
  co_return std::move(*names);
}

}  // namespace authzd
