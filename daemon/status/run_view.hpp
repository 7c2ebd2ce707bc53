// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Recorded runs as pages show them; the state has its own form.
#pragma once

#include "reconciler/base/commit.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/wording.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// Who asked for a run or a write; authzd itself where nobody did.
[[nodiscard]] inline std::string asked_by(const std::string& who) {
  return who.empty() ? "authzd" : who;
}

struct RunView {
  std::string account_name;
  std::string id;
  std::string kind;  // "cycle", "apply", …
  std::string who;   // who asked for it; empty: nobody
  std::string revision;
  Commit commit = {};  // the same, as far as known
  Timestamp began = {};
  std::optional<Timestamp> ended;  // none: in progress, or its process died
  std::string result;              // in words: "ok", "2 failed, 3 held", …
  std::string undoes = {};         // the run that it reverts
  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t deleted = 0;
  std::size_t failed = 0;  // with those of unknown outcome
  bool is_well = true;     // nothing failed, no outcome is unknown, and it has no error
  std::optional<Timestamp> ids_kept_until =
      {};  // an undo until then keeps the ids; none: no delete

  [[nodiscard]] std::size_t changes() const { return created + updated + deleted; }
};

struct RunActionView {
  Action action;
  bool is_done = false;
  std::string outcome;     // in words
  std::string error = {};  // IAM's answer; empty: none
  PolicyId policy = {};    // that it made or changed
  std::string transaction = {};
  std::vector<std::string> approved_by = {};  // people, sorted; as long as approvals are kept
};

struct RunDetailView {
  AccountId account;
  RunView run;
  std::vector<RunActionView> actions;
  RoleNames names = {};  // as far as known without asking IAM
};

}  // namespace authzd
