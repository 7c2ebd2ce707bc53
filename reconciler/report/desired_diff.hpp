// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What differs between two revisions of manifests, without looking at any account: the grants that
// one has and the other has not, and those that are not the same; and the assertions, which guard
// them. What a plan does with the
// difference depends on what IAM has.
#pragma once

#include "reconciler/model/desired.hpp"
#include "reconciler/report/text_style.hpp"
#include "reconciler/report/wording.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class GrantChangeKind { added, changed, removed };  // also the order in which they are shown

std::string_view to_string(GrantChangeKind kind);  // "added", …

struct GrantChange {
  GrantChangeKind kind = GrantChangeKind::added;
  const Grant* before = nullptr;  // null: added
  const Grant* after = nullptr;   // null: removed
};

struct AssertionDelta {
  GrantChangeKind kind = GrantChangeKind::added;
  std::string name;
  SourcePos position = {};  // in the later revision, if that has it
};

struct DesiredDiff {
  std::vector<GrantChange> changes;             // by kind and key
  std::size_t unchanged = 0;                    // grants, wherever they are in the files now
  std::vector<AssertionDelta> assertions = {};  // by kind and name

  [[nodiscard]] bool empty() const { return changes.empty() && assertions.empty(); }
};

/// Both outlive the result. Positions, labels and annotations are no difference: authzd sends none
/// of them.
DesiredDiff diff_desired(const Desired& before, const Desired& after);

/// One change of a grant that both have, as label and "before → after".
std::vector<Difference> differences(const Grant& before, const Grant& after);

/// A revision as it was asked for, and the commit that this is.
struct ComparedRevision {
  std::string name;    // "main"
  std::string commit;  // 40 or 64 digits
};

/// The difference of the manifests of one account.
struct AccountDiff {
  std::string account_name;  // from the configuration; empty: the manifests belong to no account
  AccountId account;
  DesiredDiff diff;
};

struct DiffDocument {
  ComparedRevision from;
  ComparedRevision to;
  std::vector<AccountDiff> accounts;
};

/// Raised when a member changes its meaning or is removed, not when one is added.
inline constexpr int kDiffFormatVersion = 1;

/// The last line of each account is "Diff: A added, B changed, C removed; D unchanged." It counts
/// grants.
std::string diff_text(const DiffDocument& document, TextStyle style);

/// {"formatVersion", "from", "to", "accounts": […]} (daemon/docs/gitops.md), with a final newline.
std::string diff_json(const DiffDocument& document);

/// A comment for a pull request, of at most kMarkdownLimit bytes; what is left out is counted.
std::string diff_markdown(const DiffDocument& document);

}  // namespace authzd
