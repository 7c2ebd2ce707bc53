// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/policy_memory.hpp"

#include "daemon/state/account_times.hpp"
#include "daemon/state/state_codec.hpp"
#include "reconciler/model/marker.hpp"

#include <utility>

namespace authzd {
namespace {

constexpr const char* kCreated = "created";
constexpr const char* kAdopted = "adopted";

const char* word_of(PolicyOrigin origin) {
  return origin == PolicyOrigin::created ? kCreated : kAdopted;
}

/// A release, or the undo of an adoption, leaves a policy without our marker.
bool is_let_go(const Action& action, const PolicyContent& written) {
  if (action.reason == Reason::released) return true;
  return action.reason == Reason::undone && !parse_description(written.description).marker;
}

/// What our write left. Others may have changed it since, as `stored` shows.
const PolicyContent& written_by(const Action& action, const Versioned& stored) {
  return action.after ? *action.after : stored.policy.content;
}

/// When our write changed it, as IAM dates it. If others changed it since, only a create is dated.
std::string change_of_ours(const Action& action, const Observed& stored) {
  const bool is_unchanged = !action.after || stored.content == *action.after;
  return is_unchanged ? stored.last_modified_at : stored.created_at;
}

struct PendingRow {
  std::string action;
  std::string run;
  Timestamp since;
};

/// The deleted policy, for the overlay.
Observed deleted_policy(const Action& action) {
  Observed gone;
  gone.id = action.id;
  gone.content = action.before.value_or(PolicyContent{});
  gone.state = PolicyState::deleted;
  gone.last_modified_at = action.last_modified_at;
  return gone;
}

}  // namespace

PolicyMemory::PolicyMemory(std::shared_ptr<Database> database, AccountId account)
    : database_(std::move(database)),
      account_(std::move(account)),
      written_(database_, account_),
      known_(database_, {"policies"}) {}

Result<KnownPolicies> PolicyMemory::known() const {
  return known_.get([this] { return read_known(); });
}

Result<std::map<PolicyId, PolicyOrigin>> PolicyMemory::read_known() const {
  std::map<PolicyId, PolicyOrigin> found;
  auto done = database_->each(
      "SELECT id, origin FROM policies WHERE account = ? AND gone IS NULL ORDER BY id",
      {account_.value},
      [&](const SqlRow& row) {
        const PolicyOrigin origin =
            row.text(1) == kCreated ? PolicyOrigin::created : PolicyOrigin::adopted;
        found.emplace_hint(found.end(), PolicyId{row.text(0)}, origin);
      });
  if (!done) return std::move(done).error();
  return found;
}

Result<std::map<PolicyId, Etag>> PolicyMemory::last_etags() const {
  std::map<PolicyId, Etag> found;
  auto done = database_->each(
      "SELECT id, etag FROM policies WHERE account = ? AND gone IS NULL AND etag <> ''"
      " ORDER BY id",
      {account_.value},
      [&](const SqlRow& row) {
        found.emplace_hint(found.end(), PolicyId{row.text(0)}, Etag{row.text(1)});
      });
  if (!done) return std::move(done).error();
  return found;
}

Result<std::vector<OwnWrite>> PolicyMemory::own_writes(Timestamp since) const {
  using Row = std::pair<std::string, Timestamp>;
  const auto rows = database_->all<Row>(
      "SELECT observed, at FROM own_writes WHERE account = ? AND at >= ? ORDER BY at, policy",
      {account_.value, since},
      [](const SqlRow& row) {
        return Row{row.text(0), row.time(1)};
      });
  if (!rows) return rows.error();
  std::vector<OwnWrite> found;
  for (const auto& [text, at] : *rows) {
    auto policy = observed_from_text(text);
    if (!policy) return std::move(policy).error();
    found.push_back({std::move(*policy), at});
  }
  return found;
}

Result<bool> PolicyMemory::has_known_any() const {
  const auto found = database_->first<bool>("SELECT 1 FROM policies WHERE account = ?",
                                            {account_.value},
                                            [](const SqlRow&) { return true; });
  if (!found) return found.error();
  return found->has_value();
}

Result<std::vector<PendingDelete>> PolicyMemory::pending_deletes() const {
  const auto rows = database_->all<PendingRow>(
      "SELECT action, run, since FROM pending_deletes WHERE account = ? ORDER BY since, policy",
      {account_.value},
      [](const SqlRow& row) {
        return PendingRow{row.text(0), row.text(1), row.time(2)};
      });
  if (!rows) return rows.error();
  std::vector<PendingDelete> found;
  for (const PendingRow& row : *rows) {
    auto action = action_from_text(row.action, account_);
    if (!action) return std::move(action).error();
    const PolicyId id = action->id;
    found.push_back({id, std::move(*action), row.run, row.since});
  }
  return found;
}

Result<void> PolicyMemory::remember(const std::map<PolicyId, PolicyOrigin>& ours) {
  if (ours.empty()) return {};
  const auto kept = known();
  if (!kept) return kept.error();
  std::map<PolicyId, PolicyOrigin> fresh;
  for (const auto& [id, origin] : ours) {
    if (!(*kept)->contains(id)) fresh.emplace(id, origin);
  }
  if (fresh.empty()) return {};
  return database_->atomically([&]() -> Result<void> {
    for (const auto& [id, origin] : fresh) {
      auto added = database_->run(
          "INSERT INTO policies (account, id, origin, etag) VALUES (?, ?, ?, '')"
          " ON CONFLICT (account, id) DO UPDATE SET gone = NULL",
          {account_.value, id.value, word_of(origin)});
      if (!added) return added;
    }
    return {};
  });
}

Result<void> PolicyMemory::seen_gone(const PolicyId& id, Timestamp now) {
  return database_->atomically([&]() -> Result<void> {
    const auto by_us =
        database_->first<bool>("SELECT 1 FROM pending_deletes WHERE account = ? AND policy = ?",
                               {account_.value, id.value},
                               [](const SqlRow&) { return true; });
    if (!by_us) return by_us.error();
    if (*by_us) {
      if (auto forgot = written_.forget(id); !forgot) return forgot;
    }
    auto gone = database_->run(
        "UPDATE policies SET gone = ?, etag = '' WHERE account = ? AND id = ? AND gone IS NULL",
        {now, account_.value, id.value});
    if (!gone) return gone;
    return seen_there(id);
  });
}

Result<void> PolicyMemory::seen_there(const PolicyId& id) {
  return database_->atomically([&] {
    return database_->run("DELETE FROM pending_deletes WHERE account = ? AND policy = ?",
                          {account_.value, id.value});
  });
}

Result<void> PolicyMemory::begin_delete(const Action& action,
                                        const std::string& run,
                                        Timestamp now) {
  const std::string text = action_to_text(action);
  return database_->run(
      "INSERT INTO pending_deletes (account, policy, since, run, action)"
      " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {account_.value, action.id.value, now, run, text});
}

/// What an outcome means for the policy, by the action's verb:
///
///   outcome                        | known           | pending delete | own write
///   delete done                    | removed         | removed        | as deleted, if we wrote
///   delete refused, failed, …      | unchanged       | if we wrote    | -
///   delete restored                | unchanged       | removed        | as restored
///   else done                      | added, or       | removed        | as stored, if we wrote
///                                  | removed if      | if created     |
///                                  | released        |                |
///   else refused, failed, …        | unchanged       | -              | -
///
/// An update that may have been done, and of which no read tells: what it would have left is
/// remembered beside our last write.
///
/// A newer ETag of a known policy is stored in every case.
Result<void> PolicyMemory::learn(const Action& action, const Outcome& outcome, Timestamp now) {
  const bool is_done = outcome.kind == OutcomeKind::done;
  const bool is_known = is_done || outcome.kind == OutcomeKind::restored;
  if (is_known && outcome.wrote && outcome.stored) {
    if (auto kept = account_for(action, outcome.stored->policy, now); !kept) return kept;
  }
  if (!is_known && outcome.wrote && !is_unknown(outcome) && action.verb == Verb::update) {
    if (auto kept = written_.keep_perhaps(action.id, *action.after); !kept) return kept;
  }
  if (action.verb == Verb::remove && is_done) return learn_gone(action, outcome, now);
  if (action.verb == Verb::remove) {
    const bool is_there = !outcome.wrote || outcome.kind == OutcomeKind::restored;
    if (is_there) {
      if (auto there = seen_there(action.id); !there) return there;
    }
  }
  if (!outcome.stored) return {};
  const Versioned& stored = *outcome.stored;
  if (is_done && action.verb == Verb::create) {
    if (auto there = seen_there(stored.policy.id); !there) return there;
  }
  if (is_done) {
    if (auto learnt = learn_stored(action, stored, now); !learnt) return learnt;
  }
  if (is_known && outcome.wrote) {
    if (auto kept = keep_own_write(stored.policy, now); !kept) return kept;
  }
  if (stored.etag.empty()) return {};
  return database_->run(
      "UPDATE policies SET etag = ? WHERE account = ? AND id = ? AND gone IS NULL",
      {stored.etag.value, account_.value, stored.policy.id.value});
}

Result<void> PolicyMemory::learn_gone(const Action& action, const Outcome& outcome, Timestamp now) {
  if (auto forgot = written_.forget(action.id); !forgot) return forgot;
  if (auto gone = seen_gone(action.id, now); !gone) return gone;
  if (!outcome.wrote) return {};
  return keep_own_write(deleted_policy(action), now);
}

/// A row stays when its policy is removed: should the policy return, its origin is known.
Result<void> PolicyMemory::learn_stored(const Action& action,
                                        const Versioned& stored,
                                        Timestamp now) {
  const std::string& id = stored.policy.id.value;
  const PolicyContent& written = written_by(action, stored);
  if (is_let_go(action, written)) {
    if (auto forgot = written_.forget(stored.policy.id); !forgot) return forgot;
    return database_->run(
        "UPDATE policies SET gone = ?, etag = '' WHERE account = ? AND id = ? AND gone IS NULL",
        {now, account_.value, id});
  }
  if (auto kept = written_.keep(stored.policy.id, written); !kept) return kept;
  const PolicyOrigin origin =
      action.verb == Verb::create ? PolicyOrigin::created : PolicyOrigin::adopted;
  return database_->run(
      "INSERT INTO policies (account, id, origin, etag) VALUES (?, ?, ?, '')"
      " ON CONFLICT (account, id) DO UPDATE SET gone = NULL",
      {account_.value, id, word_of(origin)});
}

/// The state explains the change that our write made to the policy.
Result<void> PolicyMemory::account_for(const Action& action,
                                       const Observed& stored,
                                       Timestamp now) {
  const Timestamp at = parse_rfc3339(change_of_ours(action, stored)).value_or(now);
  return ChangeMark(database_, account_).accept({stored.id, at}, now);
}

Result<void> PolicyMemory::keep_own_write(const Observed& policy, Timestamp now) {
  const std::string text = observed_to_text(policy);
  return database_->run(
      "INSERT INTO own_writes (account, policy, at, observed) VALUES (?, ?, ?, ?)"
      " ON CONFLICT (account, policy) DO UPDATE SET at = excluded.at, observed = excluded.observed",
      {account_.value, policy.id.value, now, text});
}

}  // namespace authzd
