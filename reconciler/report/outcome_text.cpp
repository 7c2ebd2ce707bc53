// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/outcome_text.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/look_alikes.hpp"

#include <array>
#include <map>
#include <vector>

namespace authzd {
namespace {

struct Tally {
  std::array<std::size_t, 3> done{};  // by verb
  std::size_t already = 0;            // needed no write
  std::size_t failed = 0;
  std::size_t refused = 0;
  std::size_t unknown = 0;
  std::size_t skipped = 0;

  void add(const Action& action, const Outcome& outcome) {
    switch (outcome.kind) {
      case OutcomeKind::done:
        ++(is_own_doing(outcome) ? done.at(static_cast<std::size_t>(action.verb)) : already);
        break;
      case OutcomeKind::refused: ++refused; break;
      case OutcomeKind::skipped: ++skipped; break;
      case OutcomeKind::failed:
      case OutcomeKind::no_etag:
      case OutcomeKind::restored: ++failed; break;
      case OutcomeKind::unconfirmed:
      case OutcomeKind::unknown: ++unknown; break;
    }
  }

  [[nodiscard]] std::string line() const {
    std::string text = "Applied: " + std::to_string(done[0]) + " created, " +
                       std::to_string(done[1]) + " updated, " + std::to_string(done[2]) +
                       " deleted; " + std::to_string(failed) + " failed, " +
                       std::to_string(refused) + " refused";
    if (unknown > 0) text += ", " + std::to_string(unknown) + " of unknown outcome";
    if (already > 0) text += ", " + std::to_string(already) + " already so";
    if (skipped > 0) text += ", " + std::to_string(skipped) + " not begun";
    return text + ".";
  }
};

std::string_view done_word(Verb verb) {
  switch (verb) {
    case Verb::create: return "created";
    case Verb::update: return "updated";
    case Verb::remove: return "deleted";
  }
  return "done";
}

/// Done, but not by a write of this call.
std::string_view already_word(Verb verb) {
  switch (verb) {
    case Verb::create: return "nothing was written: IAM has it already";
    case Verb::update: return "nothing was written: IAM has it so already";
    case Verb::remove: return "nothing was written: it is gone already";
  }
  return "nothing was written";
}

/// A create with an id restores a deleted policy, if IAM still can.
std::string_view done_word(const Action& action, const Outcome& outcome) {
  if (!outcome.wrote) return already_word(action.verb);
  if (!is_own_doing(outcome)) return "IAM has it already; it counts as created";
  if (action.verb != Verb::create || action.id.empty()) return done_word(action.verb);
  const bool is_same = outcome.stored && outcome.stored->policy.id == action.id;
  return is_same ? "restored, with its old id" : "created again: IAM could not restore it";
}

}  // namespace

std::string refused_by_iam_text(const Outcome& outcome) {
  const int status = outcome.error ? outcome.error->detail.http_status : 0;
  return status == 0 ? "refused by IAM" : "refused by IAM (HTTP " + std::to_string(status) + ")";
}

namespace {

/// Why it was not done, in a word; the error has the details.
std::string refused_word(const Action& action, const Outcome& outcome) {
  if (is_refused_by_iam(outcome)) return refused_by_iam_text(outcome);
  if (action.verb == Verb::create) return "not created: another policy is in its place";
  return "not done: the policy is not as it was when the plan was made";
}

std::string outcome_word(const Action& action, const Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::done: return std::string(done_word(action, outcome));
    case OutcomeKind::refused: return refused_word(action, outcome);
    case OutcomeKind::failed: return "failed";
    case OutcomeKind::no_etag: return "not written: IAM gave no ETag to write with";
    case OutcomeKind::unconfirmed:
      return "sent, and no read shows it gone: its outcome is unknown until one does";
    case OutcomeKind::unknown:
      return "sent, and the reply was lost: its outcome is unknown until a read tells";
    case OutcomeKind::restored: return "brought back: it changed while it was being deleted";
    case OutcomeKind::skipped: return "not begun: stopped before its turn";
  }
  return "unknown";
}

/// True both for a call that ends here and for a daemon, which plans again by itself.
std::string_view what_to_do(const Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::done: return {};
    case OutcomeKind::refused:
      return is_refused_by_iam(outcome)
                 ? "put right what IAM's words name, in the manifest or in the account"
                 : "`authzd plan` shows what IAM has now, and what is still to be done";
    case OutcomeKind::failed:
    case OutcomeKind::no_etag:
      return "once the cause is gone, apply again; a daemon does by itself";
    case OutcomeKind::unconfirmed:
    case OutcomeKind::unknown:
      return "nothing; each plan reads again, and writes nothing there before";
    case OutcomeKind::restored: return "ask who changed it; `authzd plan` shows what it is now";
    case OutcomeKind::skipped: return "nothing was changed; apply again; a daemon does by itself";
  }
  return {};
}

void show(Layout& out, const Plan& plan, const Outcome& outcome, const TextOptions& options) {
  const Action& action = plan.actions[outcome.action];
  const auto& shown = action.verb == Verb::remove ? action.before : action.after;
  const bool went_well = outcome.kind == OutcomeKind::done;
  out.headline(
      went_well ? symbol_of(action.verb) : '!',
      shown ? grant_text(*shown, plan.account, options.role_names) : printable(action.name));
  out.detail(to_string(action.verb), outcome_word(action, outcome));
  if (outcome.stored || !action.id.empty()) {
    const PolicyId& id = outcome.stored ? outcome.stored->policy.id : action.id;
    if (!id.empty()) out.detail("policy", printable(id.value));
  }
  if (went_well) return;
  if (outcome.error) out.detail("because", printable(to_string(*outcome.error)));
  if (!outcome.transaction_id.empty()) {
    out.detail("transaction", printable(outcome.transaction_id));
  }
  out.detail("what to do", what_to_do(outcome));
}

/// By the action that went well.
using Successes = std::map<const Action*, const Outcome*>;

void show_grouped(Layout& out,
                  const Plan& plan,
                  const Successes& successes,
                  const TextOptions& options) {
  std::vector<const Action*> actions;
  for (const Action& action : plan.actions) {
    if (successes.contains(&action)) actions.push_back(&action);
  }
  for (const auto& group : look_alikes(actions)) {
    const Action& first = *group.front();
    if (group.size() == 1) {
      show(out, plan, *successes.at(&first), options);
      continue;
    }
    out.headline(symbol_of(first.verb),
                 grant_text(common_content(group), plan.account, options.role_names));
    out.detail(to_string(first.verb),
               std::to_string(group.size()) + " " + std::string(done_word(first.verb)));
  }
}

}  // namespace

std::string outcome_text(const Plan& plan,
                         std::span<const Outcome> outcomes,
                         const TextOptions& options) {
  Layout out(options.style);
  Tally tally;
  const bool is_long = outcomes.size() > kManyActions && !options.detail.alike;
  Successes successes;
  std::vector<const Outcome*> others;
  for (const Outcome& outcome : outcomes) {
    if (outcome.action >= plan.actions.size()) continue;
    const Action& action = plan.actions[outcome.action];
    tally.add(action, outcome);
    const bool restores = action.verb == Verb::create && !action.id.empty();
    if (is_long && outcome.kind == OutcomeKind::done && outcome.wrote && !restores) {
      successes.emplace(&action, &outcome);
    } else {
      others.push_back(&outcome);
    }
  }
  show_grouped(out, plan, successes, options);
  for (const Outcome* outcome : others) show(out, plan, *outcome, options);
  out.gap();
  out.exact_line(tally.line());
  return std::move(out).take();
}

}  // namespace authzd
