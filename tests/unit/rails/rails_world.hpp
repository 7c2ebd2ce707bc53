// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Plans for tests of the rails, and helpers to examine them.
#pragma once

#include "reconciler/rails/rails.hpp"
#include "tests/support/model_world.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <utility>

namespace authzd::test {

inline Action removal(const std::string& n) {
  Action action;
  action.verb = Verb::remove;
  action.key = key_for("a" + n, "kms");
  action.id = PolicyId("p" + n);
  action.before = policy("p" + n, "a" + n, "kms").content;
  action.reason = Reason::not_desired;
  action.removal = Removal{};
  return action;
}

inline Action creation(const std::string& n) {
  Action action;
  action.key = key_for("a" + n, "kms");
  action.after = policy("", "a" + n, "kms").content;
  return action;
}

/// One role more, or without `Reader` one role less.
inline Action update(const std::string& n, RoleSet roles) {
  Action action = removal(n);
  action.verb = Verb::update;
  action.removal.reset();
  action.after = action.before;
  action.after->roles = std::move(roles);
  action.reason = Reason::roles_differ;
  return action;
}

inline Plan plan_with(std::vector<Action> actions, std::size_t ours = 1000) {
  Plan plan;
  plan.account = kAccount;
  plan.actions = std::move(actions);
  plan.ours = ours;
  plan.hash = "the plan";
  return plan;
}

/// `removes` deletes and `creates` creates, in an account with `of_ours` policies of our own.
inline Plan plan_of(std::size_t removes, std::size_t creates, std::size_t of_ours) {
  std::vector<Action> actions;
  for (std::size_t i = 0; i < removes + creates; ++i) {
    actions.push_back(i < creates ? creation(std::to_string(i)) : removal(std::to_string(i)));
  }
  return plan_with(std::move(actions), of_ours);
}

/// An account whose first deletes were approved long ago, at a trusted time.
inline RailHistory history(std::size_t deletes = 0,
                           std::size_t updates = 0,
                           std::size_t creates = 0) {
  RailHistory history;
  history.deletes = deletes;
  history.updates = updates;
  history.creates = creates;
  history.first_deletes_approved = true;
  history.is_time_trusted = true;
  return history;
}

/// Without removalGrace, which would hold every delete here and has its own tests.
inline Plan railed(Plan plan,
                   RailRules rules = {},
                   const RailHistory& known = history(),
                   const std::set<std::string>& approved = {}) {
  rules.removal_grace.wait = {};
  return apply_rails(std::move(plan), rules, known, approved);
}

inline std::size_t held(const Plan& plan) {
  return count(plan).held;
}

/// The rails that hold the action, joined: "allow adopted".
inline std::string rails_of(const Action& action) {
  std::string text;
  for (const Hold& hold : action.holds) text += (text.empty() ? "" : " ") + hold.rail;
  return text;
}

}  // namespace authzd::test
