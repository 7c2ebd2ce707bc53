// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/report_tables.hpp"

#include "daemon/cli/run_report.hpp"
#include "daemon/state/change_history.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/report/broad.hpp"
#include "reconciler/report/unused.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace authzd {
namespace {

using Columns = std::vector<ReportColumn>;
using Cells = std::vector<std::string>;

std::string name_of(ReportKind kind) {
  switch (kind) {
    case ReportKind::unused: return "unused";
    case ReportKind::broad: return "broad";
    case ReportKind::drift: return "drift";
    case ReportKind::changes: return "changes";
    case ReportKind::expiring: return "expiring";
    case ReportKind::reviews: return "reviews";
  }
  return {};
}

std::string title_of(const ReportRequest& request) {
  const std::string days = count_of(static_cast<std::size_t>(request.days), "day", "days");
  switch (request.kind) {
    case ReportKind::unused: return "Policies without use for " + days + ", or of what is gone";
    case ReportKind::broad: return "Policies that are wider than they need to be";
    case ReportKind::drift:
      return "What others changed in policies of ours since " + to_rfc3339(request.since);
    case ReportKind::changes: return "What authzd changed since " + to_rfc3339(request.since);
    case ReportKind::expiring: return "Grants that end within " + days;
    case ReportKind::reviews: return "Authorizations to review within " + days + ", or before now";
  }
  return {};
}

Columns policy_columns() {
  return {{"policy", "POLICY"},
          {"owner", "WHOSE"},
          {"authorization", ""},
          {"manifest", ""},
          {"source", "SOURCE"},
          {"target", "TARGET"},
          {"roles", "ROLES"}};
}

Columns columns_of(const ReportRequest& request) {
  Columns columns{{"account", request.accounts > 1 ? "ACCOUNT" : ""}, {"accountId", ""}};
  const auto add = [&columns](Columns more) {
    columns.insert(columns.end(), more.begin(), more.end());
  };
  switch (request.kind) {
    case ReportKind::unused:
      add(policy_columns());
      add({{"lastUsed", ""}, {"why", "WHY"}});
      break;
    case ReportKind::broad:
      add(policy_columns());
      add({{"finding", "FINDING"}, {"others", "OTHER POLICIES", true}, {"instance", ""}});
      break;
    case ReportKind::drift:
    case ReportKind::changes:
      add({{"time", "TIME"},
           {"run", "RUN"},
           {"action", "ACTION"},
           {"authorization", "AUTHORIZATION"},
           {"policy", ""},
           {"source", "SOURCE"},
           {"target", "TARGET"},
           {"rolesBefore", ""},
           {"rolesAfter", ""},
           {"change", "CHANGE"},
           {"changedBy", request.kind == ReportKind::drift ? "CHANGED BY" : ""},
           {"changedAt", ""},
           {"outcome", "OUTCOME"},
           {"kind", ""},
           {"askedBy", request.kind == ReportKind::changes ? "ASKED FOR BY" : ""},
           {"approvedBy", request.kind == ReportKind::changes ? "APPROVED BY" : ""},
           {"revision", ""}});
      break;
    case ReportKind::expiring:
      add({{"ends", "ENDS"},
           {"in", "IN"},
           {"authorization", "AUTHORIZATION"},
           {"manifest", "MANIFEST"},
           {"source", "SOURCE"},
           {"target", "TARGET"},
           {"roles", "ROLES"}});
      break;
    case ReportKind::reviews:
      add({{"reviewBy", "REVIEW BY"},
           {"in", "IN"},
           {"authorization", "AUTHORIZATION"},
           {"owner", "OWNER"},
           {"manifest", "MANIFEST"},
           {"ticket", "TICKET"},
           {"reason", ""}});
      break;
  }
  return columns;
}

std::string days_between(Timestamp from, Timestamp to) {
  const auto days = std::chrono::floor<std::chrono::days>(to - from).count();
  return count_of(static_cast<std::size_t>(days), "day", "days");
}

const Grant* grant_of(const ReportedAccount& account, const Observed& policy) {
  if (account.desired == nullptr) return nullptr;
  const auto& grants = account.desired->grants;
  const Key key = key_of(account.spec->id, policy.content);
  const auto at = std::ranges::lower_bound(grants, key, {}, &Grant::key);
  return at != grants.end() && at->key == key ? &*at : nullptr;
}

/// The account, and the columns of policy_columns().
Cells policy_cells(const ReportedAccount& account, const Observed& policy) {
  const Description description = parse_description(policy.content.description);
  const Grant* grant = grant_of(account, policy);
  const RoleNames& names = account.holding->role_names;
  return {account.spec->name,
          account.spec->id.value,
          policy.id.value,
          std::string(to_string((*account.owner_of)(policy, description))),
          description.marker ? description.marker->name : "",
          grant != nullptr ? to_string(grant->position) : "",
          party_text(policy.content.subject, account.spec->id, names),
          party_text(policy.content.resource, account.spec->id, names),
          roles_text(policy.content.roles, names)};
}

ProposalFacts facts_of(const ReportedAccount& account, Timestamp now) {
  return {account.spec->id,
          account.spec->name,
          account.holding->role_names,
          *account.owner_of,
          account.desired,
          account.text ? &*account.text : nullptr,
          now};
}

std::string ids_text(const std::vector<PolicyId>& ids) {
  constexpr std::size_t kMostNamed = 20;
  std::vector<std::string> texts;
  for (const PolicyId& id : ids) {
    if (texts.size() < kMostNamed) texts.push_back(id.value);
  }
  std::string text = join(texts, " ");
  if (ids.size() > texts.size())
    text += " and " + std::to_string(ids.size() - texts.size()) + " more";
  return text;
}

std::string change_of(const Action& action, const AccountId& home, const RoleNames& names) {
  if (!action.before || !action.after) return std::string(to_string(action.verb)) + "d";
  std::vector<std::string> texts;
  for (const Difference& each : differences(*action.before, *action.after, home, names)) {
    texts.push_back(each.label + " " + each.change);
  }
  return join(texts, "; ");
}

/// Whether the narrower one is there already.
bool has_twin(std::span<const Observed> policies,
              const Observed& policy,
              const std::string& instance) {
  const AttributeSet narrower = with_instance(policy.content.resource, instance);
  return std::ranges::any_of(policies, [&](const Observed& other) {
    return other.state == PolicyState::active && other.content.subject == policy.content.subject &&
           other.content.resource == narrower;
  });
}

PolicyId policy_of(const RecordedAction& recorded) {
  const auto& outcome = recorded.outcome;
  return outcome && outcome->stored ? outcome->stored->policy.id : recorded.action.id;
}

}  // namespace

std::optional<Timestamp> since_of(std::string_view text, Timestamp now) {
  if (const auto ago = parse_duration(text)) return now - *ago;
  if (const auto time = parse_rfc3339(text)) return time;
  return parse_rfc3339(std::string(text) + "T00:00:00Z");
}

ReportTables::ReportTables(ReportRequest request) : request_(request) {
  table_.report = name_of(request.kind);
  table_.title = title_of(request);
  table_.columns = columns_of(request);
}

void ReportTables::add_note(const std::string& note) {
  table_.notes.push_back(printable(note) + ".");
}

void ReportTables::add_policies(const ReportedAccount& account) {
  if (account.shares_files) {
    add_note(account.spec->name +
             ": no patch of manifests is proposed, because other accounts may read the same files");
  }
  if (request_.kind == ReportKind::unused) {
    add_unused(account);
  } else {
    add_broad(account);
  }
}

void ReportTables::add_unused(const ReportedAccount& account) {
  UseFacts facts{account.spec->id, account.holding->observation.policies.all()};
  facts.last_uses = account.last_uses;
  facts.watched_since = account.watched_since;
  facts.now = request_.now;
  facts.period = std::chrono::days(request_.days);
  if (account.instances) {
    facts.instances.emplace();
    for (const Instance& one : *account.instances) {
      if (!one.is_gone) facts.instances->insert(one.id);
    }
    if (facts.instances->empty()) facts.instances.reset();
  }
  const UnusedPolicies unused = unused_policies(facts);
  std::vector<const Observed*> proposed;
  for (const UnusedPolicy& found : unused.found) {
    Cells cells = policy_cells(account, *found.policy);
    cells.push_back(found.last_used ? to_rfc3339(*found.last_used) : "");
    cells.push_back(join(found.evidence, "; "));
    table_.rows.push_back(std::move(cells));
    proposed.push_back(found.policy);
  }
  const std::string& name = account.spec->name;
  if (!unused.is_use_known && unused.not_known > 0) {
    add_note(name +
             ": IAM gives no use of any authorization, and may keep none: nothing is said of use, "
             "only of sources and targets that the Resource Controller does not list");
  }
  if (unused.too_new > 0) {
    add_note(name + ": " + count_of(unused.too_new, "policy", "policies") +
             " without use, made within the period, left out");
  }
  if (account.instances && !facts.instances) {
    add_note(name + ": the Resource Controller lists no instance, so that none is called gone");
  }
  propose_removals(facts_of(account, request_.now), proposed, table_.proposals);
}

namespace {

/// When a manifest ends the access; the end of time: none does.
Timestamp end_of(const ReportedAccount& account, const PolicyId& id) {
  const Observed* policy = account.holding->observation.policies.find_active(id);
  if (policy == nullptr) return Timestamp::min();
  const Key key = key_of(account.spec->id, policy->content);
  const auto grant = std::ranges::find(account.desired->grants, key, &Grant::key);
  const bool ends = grant != account.desired->grants.end() && grant->expires_at;
  return ends ? *grant->expires_at : Timestamp::max();
}

/// Access that ends earlier makes no other access unneeded.
bool is_unneeded(const ReportedAccount& account, const BroadPolicy& covered) {
  if (account.desired == nullptr) return false;
  const Timestamp end = end_of(account, covered.policy->id);
  return std::ranges::all_of(covered.others,
                             [&](const PolicyId& id) { return end_of(account, id) >= end; });
}

}  // namespace

void ReportTables::add_broad(const ReportedAccount& account) {
  const auto& policies = account.holding->observation.policies.all();
  const BroadPolicies broad =
      broad_policies(policies,
                     account.instances ? std::span<const Instance>(*account.instances)
                                       : std::span<const Instance>());
  std::vector<const Observed*> covered;
  std::vector<NarrowerTwin> twins;
  for (const BroadPolicy& found : broad.found) {
    Cells cells = policy_cells(account, *found.policy);
    cells.emplace_back(to_string(found.finding));
    cells.push_back(ids_text(found.others));
    cells.push_back(found.instance);
    table_.rows.push_back(std::move(cells));
    if (found.finding == BroadFinding::covered && is_unneeded(account, found)) {
      covered.push_back(found.policy);
    }
    if (found.finding == BroadFinding::one_instance &&
        !has_twin(policies, *found.policy, found.instance))
      twins.push_back({found.policy, found.instance});
  }
  if (!broad.is_complete) {
    add_note(account.spec->name + ": there are too many policies to compare them all");
  }
  const ProposalFacts facts = facts_of(account, request_.now);
  propose_removals(facts, covered, table_.proposals);
  propose_twins(facts, twins, table_.proposals);
}

void ReportTables::add_ends(const ReportedAccount& account) {
  const Timestamp until = request_.now + std::chrono::days(request_.days);
  for (const Grant& grant : account.desired->grants) {
    if (!grant.expires_at || *grant.expires_at < request_.since || *grant.expires_at > until)
      continue;
    const bool has_ended = *grant.expires_at <= request_.now;
    timed_.push_back({*grant.expires_at,
                      {account.spec->name,
                       account.spec->id.value,
                       to_rfc3339(*grant.expires_at),
                       has_ended ? "ended " + days_between(*grant.expires_at, request_.now) + " ago"
                                 : days_between(request_.now, *grant.expires_at),
                       grant.name,
                       to_string(grant.position),
                       party_text(grant.subject, account.spec->id),
                       party_text(grant.resource, account.spec->id),
                       join(grant.roles, ", ")}});
  }
}

void ReportTables::add_reviews(const ReportedAccount& account) {
  const Timestamp until = request_.now + std::chrono::days(request_.days);
  std::set<std::string_view> seen;
  for (const Grant& grant : account.desired->grants) {
    const Rationale& rationale = grant.rationale;
    const auto& due = rationale.review_by;
    if (!due || *due > until || !seen.insert(grant.name).second) continue;
    const bool is_overdue = *due <= request_.now;
    timed_.push_back({*due,
                      {account.spec->name,
                       account.spec->id.value,
                       to_rfc3339(*due),
                       is_overdue ? "overdue for " + days_between(*due, request_.now)
                                  : days_between(request_.now, *due),
                       grant.name,
                       rationale.owner,
                       to_string(grant.position),
                       rationale.ticket,
                       rationale.reason}});
  }
}

void ReportTables::add_change(const AccountSpec& spec,
                              const PastChange& change,
                              const RoleNames& names,
                              const std::vector<std::string>& approvers) {
  const Action& action = change.action.action;
  const PolicyContent& shown = action.after ? *action.after : *action.before;
  const auto roles = [&names](const std::optional<PolicyContent>& content) {
    return content ? roles_text(content->roles, names) : std::string();
  };
  timed_.push_back({change.at,
                    {spec.name,
                     spec.id.value,
                     to_rfc3339(change.at),
                     change.run.id,
                     std::string(to_string(action.verb)),
                     action.name,
                     policy_of(change.action).value,
                     party_text(shown.subject, spec.id, names),
                     party_text(shown.resource, spec.id, names),
                     roles(action.before),
                     roles(action.after),
                     change_of(action, spec.id, names),
                     action.drift ? action.drift->by.value : "",
                     action.drift ? action.drift->at : "",
                     recorded_outcome_text(change.action),
                     std::string(to_string(change.run.kind)),
                     change.run.who,
                     join(approvers, ", "),
                     change.run.revision}});
}

ReportTable ReportTables::take() && {
  std::ranges::stable_sort(timed_, {}, &std::pair<Timestamp, Cells>::first);
  const bool is_to_come =
      request_.kind == ReportKind::expiring || request_.kind == ReportKind::reviews;
  if (!is_to_come) std::ranges::reverse(timed_);
  for (auto& [time, cells] : timed_) table_.rows.push_back(std::move(cells));
  return std::move(table_);
}

}  // namespace authzd
