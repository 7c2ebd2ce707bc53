// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The reports of `authzd report`, built account by account.
#pragma once

#include "daemon/cli/held_policies.hpp"
#include "daemon/cli/reading_options.hpp"
#include "daemon/cli/report_proposals.hpp"
#include "daemon/state/revision_store.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/report/report_table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

struct PastChange;

/// What is asked for; without an account.
struct ReportRequest {
  ReportKind kind = ReportKind::unused;
  int days = 90;
  Timestamp since = {};
  Timestamp now = {};
  std::size_t accounts = 1;  // with several, people see which one a row is of
};

/// "2026-11-01" (its first moment in UTC), a time of RFC 3339, or how long before `now`: "30d".
std::optional<Timestamp> since_of(std::string_view text, Timestamp now);

/// What one account's policies and manifests are reported with.
struct ReportedAccount {
  const AccountSpec* spec = nullptr;
  const Holding* holding = nullptr;                     // null: of the past and of manifests alone
  const OwnerOf* owner_of = nullptr;                    // of `holding`
  const Desired* desired = nullptr;                     // null: not known
  std::optional<std::vector<Instance>> instances = {};  // none: not known
  std::map<PolicyId, Timestamp> last_uses = {};
  std::optional<Timestamp> watched_since = {};
  std::optional<GoodText> text = {};  // of `desired`; none: not known
  bool shares_files = false;          // other accounts may read the same manifests: no patch
};

class ReportTables {
 public:
  explicit ReportTables(ReportRequest request);

  void add_policies(const ReportedAccount& account);  // unused, broad
  void add_ends(const ReportedAccount& account);      // expiring
  void add_reviews(const ReportedAccount& account);   // reviews: a row an authorization
  void add_change(const AccountSpec& spec,
                  const PastChange& change,
                  const RoleNames& names,
                  const std::vector<std::string>& approvers);  // drift, changes
  void add_note(const std::string& note);

  [[nodiscard]] std::size_t rows() const { return table_.rows.size() + timed_.size(); }
  [[nodiscard]] ReportTable take() &&;

 private:
  void add_unused(const ReportedAccount& account);
  void add_broad(const ReportedAccount& account);

  ReportRequest request_;
  ReportTable table_;
  std::vector<std::pair<Timestamp, std::vector<std::string>>> timed_;  // rows to be sorted
};

}  // namespace authzd
