// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/outcome_text.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/report/layout.hpp"

#include <array>

namespace authzd {
namespace {

struct Tally {
  std::array<std::size_t, 3> done{};  // by verb
  std::size_t failed = 0;
  std::size_t refused = 0;
  std::size_t skipped = 0;

  void add(const Action& action, OutcomeKind kind) {
    switch (kind) {
      case OutcomeKind::done: ++done.at(static_cast<std::size_t>(action.verb)); break;
      case OutcomeKind::refused: ++refused; break;
      case OutcomeKind::skipped: ++skipped; break;
      case OutcomeKind::failed:
      case OutcomeKind::no_etag:
      case OutcomeKind::unconfirmed:
      case OutcomeKind::restored: ++failed; break;
    }
  }

  [[nodiscard]] std::string line() const {
    std::string text = "Applied: " + std::to_string(done[0]) + " created, " +
                       std::to_string(done[1]) + " updated, " + std::to_string(done[2]) +
                       " deleted; " + std::to_string(failed) + " failed, " +
                       std::to_string(refused) + " refused";
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

/// A create that carries an id brings a deleted policy back, where IAM still can.
std::string_view done_word(const Action& action, const Outcome& outcome) {
  if (action.verb != Verb::create || action.id.empty()) return done_word(action.verb);
  const bool is_same = outcome.stored && outcome.stored->policy.id == action.id;
  return is_same ? "restored, with its old id" : "created anew: IAM could not restore it";
}

std::string_view outcome_word(const Action& action, const Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::done: return done_word(action, outcome);
    case OutcomeKind::refused: return "refused: the policy is not as it was; planned anew";
    case OutcomeKind::failed: return "failed: tried again in the next cycle";
    case OutcomeKind::no_etag: return "not written: IAM gave no ETag to write with";
    case OutcomeKind::unconfirmed: return "deleted, but no read has shown it gone yet";
    case OutcomeKind::restored: return "brought back: it changed while it was being deleted";
    case OutcomeKind::skipped: return "not begun: stopped before its turn";
  }
  return "unknown";
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
}

}  // namespace

std::string outcome_text(const Plan& plan,
                         std::span<const Outcome> outcomes,
                         const TextOptions& options) {
  Layout out(options.colour);
  Tally tally;
  for (const Outcome& outcome : outcomes) {
    if (outcome.action >= plan.actions.size()) continue;
    show(out, plan, outcome, options);
    tally.add(plan.actions[outcome.action], outcome.kind);
  }
  out.gap();
  out.exact_line(tally.line());
  return std::move(out).take();
}

}  // namespace authzd
