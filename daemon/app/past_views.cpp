// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/past_views.hpp"

#include "daemon/cli/run_report.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "reconciler/rails/rails.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

/// Records that one page looks into, over all accounts: it keeps the loop for some milliseconds.
constexpr std::size_t kMostScanned = 4'000;
constexpr std::size_t kMostOfOne = 1'000;  // of an account
constexpr std::size_t kLeastOfOne = 2;
constexpr std::size_t kMostChanges = 50;  // of a policy, on its page

ChangeView view_of(const AccountSpec& spec, const PastChange& past, const PeopleByPass& people) {
  ChangeView view;
  view.account = spec.id;
  view.account_name = spec.name;
  view.run = past.run.id;
  view.kind = to_string(past.run.kind);
  view.who = past.run.who;
  view.revision = past.run.revision;
  view.at = past.at;
  view.what = action_view(past.action);
  view.approved_by = approvers_of(people, spec.id, past.action.action);
  return view;
}

/// Reads what is marked. What was removed meanwhile is left out.
class PastReader {
 public:
  Result<void> add(const AccountRuntime& account, const PastMark& mark) {
    const auto past = account.state().past.read(mark);
    if (!past && past.error().code == ErrorCode::not_found) return {};
    if (!past) return past.error();
    const auto [people, is_new] = people_.try_emplace(account.spec().id);
    if (is_new) {
      auto read = account.state().approvals.people_by_pass();
      if (!read) return std::move(read).error();
      people->second = *std::move(read);
    }
    views_.push_back(view_of(account.spec(), *past, people->second));
    return {};
  }

  [[nodiscard]] std::vector<ChangeView> take() && { return std::move(views_); }

 private:
  std::map<AccountId, PeopleByPass> people_;
  std::vector<ChangeView> views_;
};

struct MarkedAccount {
  std::shared_ptr<const AccountRuntime> account;
  PastMark mark;
};

Result<std::vector<MarkedAccount>> marks_of(const Daemon& daemon,
                                            const ChangesQuery& query,
                                            std::size_t of_each) {
  PastQuery wanted;
  wanted.most_scanned = of_each;
  wanted.reverts_others = query.reverts_others;
  std::vector<MarkedAccount> all;
  for (const AccountId& id : query.accounts) {
    const std::shared_ptr<const AccountRuntime> account = daemon.find(id.value);
    if (account == nullptr) continue;
    const auto found = account->state().past.find(wanted);
    if (!found) return found.error();
    for (const PastMark& mark : *found) all.push_back({account, mark});
  }
  std::ranges::stable_sort(
      all, std::ranges::greater{}, [](const MarkedAccount& one) { return one.mark.at; });
  return all;
}

/// What the last cycle wanted to do to the policy, and has not done.
std::vector<Action> not_done(const Performed& last, const PolicyId& id) {
  std::set<std::size_t> done;
  for (const Outcome& outcome : last.outcomes) {
    if (outcome.kind == OutcomeKind::done) done.insert(outcome.action);
  }
  std::vector<Action> actions;
  const auto& planned = last.planned.plan.actions;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    if (planned[i].id == id && !done.contains(i)) actions.push_back(planned[i]);
  }
  return actions;
}

/// By the last good revision, whose instance names have the ids of the last look-up.
Result<std::optional<WantedBy>> wanted_by(const AccountRuntime& account, const Key& key) {
  const auto good = locate_instances(account.state(), account.loader().good());
  if (!good) return good.error();
  if (*good == nullptr) return std::optional<WantedBy>();
  const auto& grants = (*good)->desired.grants;
  const auto found = std::ranges::find(grants, key, &Grant::key);
  if (found == grants.end()) return std::optional<WantedBy>();
  return std::optional(WantedBy{found->name,
                                found->position,
                                (*good)->revision,
                                found->suspend,
                                found->is_protected,
                                found->expires_at,
                                found->rationale});
}

Result<std::optional<PinView>> pin_of(const AccountState& state, const Key& key) {
  const auto pins = state.pins.list();
  if (!pins) return pins.error();
  const auto found = std::ranges::find(*pins, key, &KeptPin::key);
  if (found == pins->end()) return std::optional<PinView>();
  return std::optional(PinView{found->run, found->at});
}

/// What the last cycle planned for it.
void add_plan(PolicyStory& story, const Performed& last) {
  const Planned& planned = last.planned;
  story.names.insert(planned.role_names.begin(), planned.role_names.end());
  story.planned = not_done(last, story.id);
  for (const Note& note : planned.plan.notes) {
    if (note.id == story.id) story.notes.push_back(note);
  }
}

}  // namespace

RunActionView action_view(const RecordedAction& recorded) {
  RunActionView view{recorded.action, false, recorded_outcome_text(recorded)};
  if (!recorded.outcome) return view;
  const Outcome& outcome = *recorded.outcome;
  view.is_done = outcome.kind == OutcomeKind::done;
  if (outcome.error) view.error = to_string(*outcome.error);
  if (outcome.stored) view.policy = outcome.stored->policy.id;
  view.transaction = outcome.transaction_id;
  return view;
}

Result<ChangesView> changes_of(const Daemon& daemon,
                               const ChangesQuery& query,
                               const std::function<RoleNames(const AccountId&)>& names_of) {
  ChangesView view;
  const std::size_t accounts = std::max<std::size_t>(query.accounts.size(), 1);
  view.scanned_of_each = std::clamp(kMostScanned / accounts, kLeastOfOne, kMostOfOne);
  const auto marks = marks_of(daemon, query, view.scanned_of_each);
  if (!marks) return marks.error();
  view.found = marks->size();
  const std::size_t first = std::min(query.first, marks->size());
  const std::size_t count = std::min(query.count, marks->size() - first);
  PastReader reader;
  for (const MarkedAccount& one : std::span(*marks).subspan(first, count)) {
    if (auto read = reader.add(*one.account, one.mark); !read) return std::move(read).error();
    const AccountId& id = one.account->spec().id;
    if (!view.names.contains(id)) view.names.emplace(id, names_of(id));
  }
  view.changes = std::move(reader).take();
  return view;
}

Result<PolicyStory> story_of(const AccountRuntime& account,
                             const PolicyId& id,
                             std::optional<KeptPolicy> listed,
                             const Performed* last) {
  PolicyStory story;
  story.account = account.spec().id;
  story.account_name = account.spec().name;
  story.id = id;
  PastQuery wanted;
  wanted.policy = id;
  auto marks = account.state().past.find(wanted);
  if (!marks) return std::move(marks).error();
  if (!listed && marks->empty()) return Error{ErrorCode::not_found, "there is no such policy"};
  PastReader reader;
  for (const PastMark& mark : std::span(*marks).first(std::min(marks->size(), kMostChanges))) {
    if (auto read = reader.add(account, mark); !read) return std::move(read).error();
  }
  story.changes = std::move(reader).take();
  if (last != nullptr) add_plan(story, *last);
  if (!listed) return story;
  const Key key = key_of(story.account, listed->policy.content);
  auto pin = pin_of(account.state(), key);
  if (!pin) return std::move(pin).error();
  story.pin = *std::move(pin);
  auto by_manifest = wanted_by(account, key);
  if (!by_manifest) return std::move(by_manifest).error();
  story.wanted = *std::move(by_manifest);
  story.names.insert(listed->policy.role_names.begin(), listed->policy.role_names.end());
  story.listed = listed->listed;
  story.owner = listed->owner;
  story.is_disputed = listed->is_disputed;
  if (story.owner == PolicyOwner::unmanaged) {
    const auto known = account.state().policies.known();
    if (!known) return known.error();
    if ((*known)->contains(id)) story.owner = PolicyOwner::ours;  // someone removed its marker
  }
  story.policy = std::move(listed->policy);
  return story;
}

}  // namespace authzd
