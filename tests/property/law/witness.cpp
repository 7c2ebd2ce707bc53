// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/witness.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd::test {
namespace {

constexpr std::string_view kOpening = "(authzd: ";
constexpr auto kApprovalLives = std::chrono::hours(24);
constexpr auto kProtectionLasts = std::chrono::hours(24);

Access access_before(const Write& write) {
  return write.before ? access_of(write.before->content) : Access{};
}

Access access_after(const Write& write) {
  return write.after ? access_of(write.after->content) : Access{};
}

Access lost(const Write& write) {
  return access_before(write) & ~access_after(write);
}

/// A delete, or an update that removes all of the old access.
bool is_removal(const Write& write) {
  return write.verb == Verb::remove || (access_before(write) & access_after(write)).none();
}

bool is_of_service_or_enterprise(const Observed& policy) {
  return !policy.template_id.empty() || policy.created_by.value.starts_with("crn:");
}

bool is_of_another_account(const Observed& policy) {
  const Attribute* account = policy.content.resource.find("accountId");
  return account != nullptr && account->value != AttributeValue(kLawAccount.value);
}

bool is_same_grant(const std::optional<PolicyContent>& shown, const std::optional<Observed>& real) {
  if (!shown || !real) return !shown && !real;
  return shown->subject == real->content.subject && shown->resource == real->content.resource &&
         shown->roles == real->content.roles;
}

bool is_that(const Action& shown, const Write& write) {
  const bool is_same_policy = write.verb == Verb::create || shown.id == write.id;
  return shown.verb == write.verb && is_same_policy && is_same_grant(shown.before, write.before) &&
         is_same_grant(shown.after, write.after);
}

std::string words_of(const Write& write) {
  constexpr std::array kVerbs = {"POST", "PUT", "DELETE"};
  const Observed& policy = write.before ? *write.before : *write.after;
  return std::string(kVerbs.at(static_cast<std::size_t>(write.verb))) + " of " +
         policy.id.value.substr(24) + " \"" + policy.content.description + "\"";
}

std::size_t markers_in(std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find(kOpening); at != text.npos; at = text.find(kOpening, at + 1)) ++count;
  return count;
}

}  // namespace

std::string_view to_string(Law law) {
  constexpr std::array<std::string_view, 13> kWords = {"counts",
                                                       "first deletes",
                                                       "old state",
                                                       "use",
                                                       "unknown use",
                                                       "protection",
                                                       "ownership",
                                                       "capture",
                                                       "breadth",
                                                       "grace",
                                                       "delegators",
                                                       "revocation",
                                                       "repair"};
  return kWords.at(static_cast<std::size_t>(law));
}

void Witness::applied(const Documents& documents, Timestamp now) {
  for (const auto& [name, document] : documents) standings_[scope_of(document).to_string()];
  for (auto& [scope, standing] : standings_) {
    const Document* found = find_scope(documents, Scope(scope));
    const auto document = found == nullptr ? std::nullopt : std::optional(*found);
    const auto ends = document ? document->ends : std::nullopt;
    const auto earlier = standing.document ? standing.document->ends : std::nullopt;
    if (document && document->is_protected) standing.protected_until = now;
    if (ends != earlier) standing.ends_since = now;
    const bool is_over = ends && *ends <= now;
    const auto granted = document && !is_over ? std::optional(document->roles) : std::nullopt;
    if (granted != standing.granted) standing.since = now;
    standing.granted = granted;
    standing.document = document;
    if (document) standing.was_protected_last = document->is_protected;
  }
  for (const auto& [name, document] : applied_) epochs_[name] += !documents.contains(name);
  for (auto& [id, own] : own_) {
    for (const auto& [name, document] : documents) {
      if (scope_of(document) != own.scope) continue;
      own.name = name;
      own.epoch = epochs_[name];
      own.is_released |= document.is_released && !marked_.contains(id);
    }
  }
  applied_ = documents;
  // The daemon passes the use of a removable policy to its cover when it plans.
  for (const auto& [pair, since] : covered_since_) {
    const bool is_known = uses_.contains(pair.first) || heirs_.contains(pair.first) ||
                          used_scopes_.contains(scopes_[pair.first].to_string());
    if (is_known) heirs_.insert(pair.second);
  }
}

void Witness::used(std::size_t request, Timestamp at) {
  for (const auto& [id, access] : permitted_) {
    if (!access[request]) continue;
    uses_[id] = std::max(uses_[id], at);
    used_scopes_.insert(scopes_[id].to_string());
  }
}

void Witness::looks(const std::vector<Observed>& policies, Timestamp now) {
  permitted_.clear();
  marked_.clear();
  for (const Observed& policy : policies) {
    permitted_[policy.id] = access_of(policy.content);
    scopes_[policy.id] = scope_of(policy.content);
    if (is_ours(policy.content.description)) marked_.insert(policy.id);
  }
  std::vector<Access> permitted;
  for (const Observed& policy : policies) permitted.push_back(access_of(policy.content));
  decltype(covered_since_) still;
  for (std::size_t inner = 0; inner < policies.size(); ++inner) {
    for (std::size_t outer = 0; outer < policies.size(); ++outer) {
      if (inner == outer || (permitted[inner] & ~permitted[outer]).any()) continue;
      const std::pair pair{policies[inner].id, policies[outer].id};
      const auto known = covered_since_.find(pair);
      still.emplace(pair, known == covered_since_.end() ? now : known->second);
    }
  }
  covered_since_ = std::move(still);
}

void Witness::approved(const Plan& shown, const std::string& hash, Timestamp now) {
  for (const Action& action : shown.actions) {
    for (const Hold& hold : action.holds) {
      if (hold.hash == hash) passes_.push_back({action, hold.rail, now});
      if (hold.hash == hash && hold.rail.find("firstDeletes") != std::string::npos) {
        are_first_deletes_approved_ = true;
        is_state_old_ = false;
      }
    }
  }
}

void Witness::state_was_lost() {
  are_first_deletes_approved_ = false;
  was_state_lost_ = true;
  losses_.clear();  // the daemon cannot know them; from now on a person approves the first
}

/// The daemon can see its own later writes, and so that its state is older.
void Witness::state_was_put_back() {
  are_first_deletes_approved_ = were_first_deletes_approved_;
  is_state_old_ = std::ranges::any_of(own_, [this](const auto& entry) {
    return entry.second.written > writes_at_backup_ && permitted_.contains(entry.first);
  });
  if (is_state_old_) losses_.clear();  // as with a lost state
}

/// A person's approval of this write for that rail, while it is valid.
bool Witness::pass(const Write& write, std::string_view rail, Timestamp now) {
  return std::ranges::any_of(passes_, [&](const Pass& pass) {
    const bool is_alive = is_iam_wrong_ || now - pass.at <= kApprovalLives;
    return is_alive && !pass.is_spent && pass.rail.find(rail) != std::string::npos &&
           is_that(pass.action, write);
  });
}

void Witness::spend(const Write& write) {
  for (Pass& pass : passes_) pass.is_spent |= is_that(pass.action, write);
}

void Witness::did(const Write& write, Timestamp now) {
  ++writes_;
  judge_ownership(write, now);
  judge_markers(write);
  if (write.verb == Verb::remove || lost(write).any()) judge_loss(write, now);
  judge_gain(write, now);
  spend(write);
  remember(write);
}

/// Applied revisions had its end, unchanged, for a whole window before it came.
bool Witness::is_announced_end(const Scope& scope, Timestamp now) const {
  const auto found = standings_.find(scope.to_string());
  if (found == standings_.end() || !found->second.document) return false;
  const auto& ends = found->second.document->ends;
  return ends && *ends <= now && *ends - found->second.ends_since >= rules_.window;
}

/// It removes only what others added.
bool Witness::is_repair(const Write& write) const {
  const auto own = own_.find(write.id);
  return write.after && own != own_.end() && (own->second.wrote & lost(write)).none();
}

bool Witness::is_covered_since(const PolicyId& id, Timestamp since) const {
  return std::ranges::any_of(covered_since_, [&](const auto& entry) {
    return entry.first.first == id && entry.second <= since;
  });
}

void Witness::judge_loss(const Write& write, Timestamp now) {
  judge_protection(write, now);
  if (is_announced_end(scope_of(write.before->content), now)) return;
  if (!pass(write, "maxDelete", now)) {
    losses_.push_back(now);
    const auto in_window =
        std::ranges::count_if(losses_, [&](Timestamp at) { return now - at < rules_.window; });
    if (in_window > static_cast<std::ptrdiff_t>(rules_.max_delete)) {
      blame(Law::counts,
            words_of(write) + " takes access from policy number " + std::to_string(in_window) +
                " in a window, and nobody approved; lost: " + example_of(lost(write)));
    }
  }
  judge_keys(write, now);
  if (!is_removal(write) || is_repair(write)) return;
  if (!are_first_deletes_approved_ && !pass(write, "firstDeletes", now)) {
    blame(Law::first_deletes, words_of(write) + " though the state was lost");
  }
  if (is_state_old_) blame(Law::old_state, words_of(write) + " by a state older than the world");
  judge_use(write, now);
}

/// It replaces a used policy: an earlier one with its key, or one that may be removed because of
/// it.
bool Witness::is_heir(const Write& write) const {
  const PolicyId& id = write.id;
  const bool is_of_used_key = used_scopes_.contains(scope_of(write.before->content).to_string());
  return is_of_used_key || heirs_.contains(id) ||
         std::ranges::any_of(covered_since_, [&](const auto& entry) {
           return entry.first.second == id && uses_.contains(entry.first.first);
         });
}

void Witness::judge_use(const Write& write, Timestamp now) {
  if (is_covered_since(write.id, now - rules_.used_within)) return;
  const auto used = uses_.find(write.id);
  if (used == uses_.end()) {
    const bool may_go = !rules_.hold_unknown || is_heir(write);
    if (may_go || pass(write, "holdUnknown", now)) return;
    return blame(Law::unknown_use, words_of(write) + " though nothing is known of its use");
  }
  if (now - used->second >= rules_.used_within || pass(write, "holdUsedWithin", now)) return;
  blame(Law::use,
        words_of(write) + " though it was used at " + to_rfc3339(used->second) +
            ", and nothing covered it for as long");
}

void Witness::judge_protection(const Write& write, Timestamp now) {
  if (is_repair(write)) return;
  const auto found = standings_.find(scope_of(write.before->content).to_string());
  if (found == standings_.end() || !found->second.protected_until) return;
  if (!write.before->content.description.ends_with("!)")) return;
  if (now - *found->second.protected_until >= kProtectionLasts) return;
  blame(Law::protection,
        words_of(write) + " though it was protected until " +
            to_rfc3339(*found->second.protected_until));
}

/// The daemon's own, unchanged access is shown as ending first, and delegation waits.
void Witness::judge_keys(const Write& write, Timestamp now) {
  const auto own = own_.find(write.id);
  if (own == own_.end() || own->second.wrote != access_before(write)) return;
  const bool delegates = roles_of(write.before->content.roles)[kDelegator];
  if (rules_.hold_delegators && is_removal(write) && delegates &&
      !pass(write, "holdDelegators", now)) {
    blame(Law::delegators, words_of(write) + " though others depend on its delegation");
  }
  if (rules_.grace.count() == 0 || !reaches_keys(lost(write)) || pass(write, "removalGrace", now))
    return;
  const auto found = standings_.find(own->second.scope.to_string());
  if (found == standings_.end()) return;
  const Standing& standing = found->second;
  const auto left =
      write.after ? std::optional(roles_of(write.after->content.roles)) : std::nullopt;
  if (standing.granted == left && now - standing.since >= rules_.grace) return;
  blame(Law::grace, words_of(write) + " takes access to keys, and was not shown as ending");
}

void Witness::judge_ownership(const Write& write, Timestamp now) {
  if (!write.before) return;
  const Observed& policy = *write.before;
  if (is_of_service_or_enterprise(policy)) {
    return blame(Law::ownership, words_of(write) + ", a service's or an enterprise's");
  }
  if (is_of_another_account(policy)) {
    return blame(Law::ownership, words_of(write) + ", another account's");
  }
  const auto own = own_.find(policy.id);
  if (own != own_.end() && (!own->second.is_released || is_ours(policy.content.description)))
    return;
  const bool is_wanted = find_scope(considered_, scope_of(policy.content)) != nullptr ||
                         find_scope(applied_, scope_of(policy.content)) != nullptr;
  const bool may_take = rules_.may_adopt && write.verb == Verb::update && is_wanted &&
                        markers_in(policy.content.description) == 0;
  // A policy that only an old state considers ours is unmarked, and a person may give it up.
  const bool is_given_up = own != own_.end() && pass(write, "unmarked", now);
  if (!may_take && !is_given_up) blame(Law::ownership, words_of(write) + ", not its own");
}

bool Witness::is_ours(const std::string& description) const {
  return std::ranges::any_of(owners_, [&](const std::string& owner) {
    return description.find(std::string(kOpening) + owner + "/") != std::string::npos;
  });
}

/// A document releases this scope, or the scope that it had in the last applied revision.
bool Witness::may_release(const Scope& scope) const {
  return std::ranges::any_of(considered_, [&](const auto& entry) {
    if (!entry.second.is_released) return false;
    const auto earlier = applied_.find(entry.first);
    return scope_of(entry.second) == scope ||
           (earlier != applied_.end() && scope_of(earlier->second) == scope);
  });
}

void Witness::judge_markers(const Write& write) {
  if (write.verb != Verb::update) return;
  const bool was_ours = is_ours(write.before->content.description);
  const bool stays_ours = is_ours(write.after->content.description);
  if (was_ours == stays_ours) return;
  const auto own = own_.find(write.id);
  const Scope scope = scope_of(write.before->content);
  const Document* speaker = own == own_.end() ? nullptr : document_of(own->second, considered_);
  const bool is_released = may_release(scope) || (speaker != nullptr && speaker->is_released) ||
                           (own != own_.end() && may_release(own->second.scope));
  if (was_ours && !is_released) {
    blame(Law::capture,
          words_of(write) + " takes the marker off, and its document does not say so");
  }
  const Document* document = find_scope(considered_, scope);
  if (stays_ours && document != nullptr && document->is_released &&
      (own == own_.end() || own->second.is_released)) {
    blame(Law::capture, words_of(write) + " takes back what its document released");
  }
}

void Witness::judge_gain(const Write& write, Timestamp now) {
  const Access gained = access_after(write) & ~access_before(write);
  if (!reaches_the_unnamed(gained) || pass(write, "broad", now)) return;
  blame(Law::breadth, words_of(write) + " gives " + example_of(gained));
}

void Witness::remember(const Write& write) {
  if (!write.after) {
    const bool is_known = uses_.contains(write.id) || heirs_.contains(write.id);
    for (const auto& [pair, since] : covered_since_) {
      if (is_known && pair.first == write.id) heirs_.insert(pair.second);
    }
    return;
  }
  Own& own = own_[write.id];
  own.scope = scope_of(write.after->content);
  own.wrote = access_of(write.after->content);
  own.written = writes_;
  own.is_released = !is_ours(write.after->content.description);
}

/// The document that wanted it last, if it existed all the time since.
const Document* Witness::document_of(const Own& own, const Documents& documents) const {
  const auto found = documents.find(own.name);
  const auto epoch = epochs_.find(own.name);
  const bool is_that = own.epoch == (epoch == epochs_.end() ? 0 : epoch->second);
  return found != documents.end() && is_that ? &found->second : nullptr;
}

void Witness::judge_the_end(const std::vector<Observed>& policies, Timestamp now) {
  Documents wanted = applied_;
  std::erase_if(wanted, [&](const auto& entry) {
    return entry.second.ends && *entry.second.ends <= now && !holds_still(entry.second);
  });
  for (const Observed& policy : policies) judge_left(policy, wanted);
  judge_missing(policies, wanted);
}

void Witness::judge_left(const Observed& policy, const Documents& documents) {
  const auto own = own_.find(policy.id);
  const std::string& text = policy.content.description;
  // A policy that a lost state no longer knows, and without our marker, is for people to judge.
  const bool is_doubtful = was_state_lost_ && (markers_in(text) != 1 || !is_ours(text));
  if (own == own_.end() || own->second.is_released || is_doubtful ||
      (markers_in(text) > 0 && !is_ours(text)))
    return;
  const Document* document = find_scope(documents, scope_of(policy.content));
  const bool is_marked_protected = text.ends_with("!)");
  const std::string what = policy.id.value.substr(24) + " \"" + text + "\", " +
                           example_of(access_of(policy.content)) + ",";
  if (document == nullptr) {
    const auto standing = standings_.find(scope_of(policy.content).to_string());
    const bool is_protected = standing != standings_.end() && standing->second.was_protected_last;
    // Restoring an altered policy narrows it: protection forbids that, too. And a lost state no
    // longer knows that the protection was removed.
    const bool is_altered = own->second.scope != scope_of(policy.content);
    const bool stays_protected = is_marked_protected && (is_altered || was_state_lost_);
    const Document* speaker = document_of(own->second, documents);
    if (is_protected || stays_protected || (speaker != nullptr && holds_still(*speaker))) return;
    blame(Law::revocation, what + " is not wanted, and still there");
  } else if (!holds_still(*document) && !is_marked_protected &&
             roles_of(policy.content.roles) != document->roles) {
    blame(Law::repair, what + " has other roles than its document says");
  }
}

void Witness::judge_missing(const std::vector<Observed>& policies, const Documents& documents) {
  for (const auto& [name, document] : documents) {
    if (holds_still(document)) continue;
    const auto scope = scope_of(document);
    const bool is_there = std::ranges::any_of(
        policies, [&](const Observed& policy) { return scope_of(policy.content) == scope; });
    if (!is_there) blame(Law::repair, name + ", " + in_words(document) + ", is not there");
  }
}

}  // namespace authzd::test
