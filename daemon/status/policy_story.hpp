// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is known of changes in the past, and of one policy: as pages show it.
#pragma once

#include "daemon/status/run_view.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/reach.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// A change that authzd made, or tried to make.
struct ChangeView {
  AccountId account;
  std::string account_name;
  std::string run;
  std::string kind;      // of the run: "cycle", "apply", …
  std::string who;       // who asked for the run; empty: nobody
  std::string revision;  // of the run
  Timestamp at = {};
  RunActionView what;
  std::vector<std::string> approved_by = {};  // people, sorted; as long as approvals are kept
};

struct ChangesQuery {
  std::vector<AccountId> accounts;
  bool reverts_others = false;  // only what set back a change of somebody else
  std::size_t first = 0;        // of the newest ones
  std::size_t count = 50;
};

struct ChangesView {
  std::vector<ChangeView> changes;  // the newest first
  std::size_t found = 0;            // with those before and after these
  std::size_t scanned_of_each = 0;  // newest writes of each account that were looked at
  std::map<AccountId, RoleNames> names = {};
};

/// The grant of the manifests that wants a policy.
struct WantedBy {
  std::string name;  // of the authorization
  SourcePos position;
  std::string revision;
  bool is_suspended = false;  // by its manifest
  bool is_protected = false;
  std::optional<Timestamp> expires_at = {};
  Rationale rationale = {};
};

/// What an undo pinned: it stays as it is until its manifest changes.
struct PinView {
  std::string run;  // the undo
  Timestamp at = {};
};

struct PolicyStory {
  bool is_list_kept = true;  // false: whether IAM has it is not known here
  AccountId account;
  std::string account_name;
  PolicyId id;
  /// As the last cycle listed or wrote it; none: IAM does not have it any more.
  std::optional<Observed> policy = {};
  Timestamp listed = {};
  PolicyOwner owner = PolicyOwner::unmanaged;
  bool is_disputed = false;  // it has our marker, and nothing else shows that it is ours
  std::optional<WantedBy> wanted = {};
  std::vector<Action> planned = {};  // of the last plan, and not done: held, or failed
  std::vector<Note> notes = {};      // of the last plan
  std::optional<PinView> pin = {};
  bool is_suspended = false;             // its account, or all
  std::vector<ChangeView> changes = {};  // the newest first
  RoleNames names = {};
  std::string options = {};  // behind a command that is shown: " --config FILE"; may be empty
};

}  // namespace authzd
