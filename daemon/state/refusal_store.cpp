// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/state/refusal_store.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kMostDiagnostics = 100;

Diagnostic read_diagnostic(const SqlRow& row) {
  Diagnostic diagnostic;
  diagnostic.severity = row.number(0) == 0 ? Severity::error : Severity::warning;
  diagnostic.position = {
      row.text(1), static_cast<int>(row.number(2)), static_cast<int>(row.number(3))};
  diagnostic.message = row.text(4);
  diagnostic.hint = row.text(5);
  return diagnostic;
}

}  // namespace

Result<std::optional<KeptRefusal>> RefusalStore::last() const {
  auto found = database_->first<KeptRefusal>(
      "SELECT revision, judge, attempts, error FROM refused_revisions WHERE account = ?",
      {account_.value},
      [](const SqlRow& row) {
        return KeptRefusal{
            {row.text(0), row.text(1)}, static_cast<std::size_t>(row.number(2)), row.text(3), {}};
      });
  if (!found || !*found) return found;
  auto kept = diagnostics();
  if (!kept) return std::move(kept).error();
  (*found)->diagnostics = std::move(*kept);
  return found;
}

Result<std::vector<Diagnostic>> RefusalStore::diagnostics() const {
  return database_->all<Diagnostic>(
      "SELECT severity, file, line, column_number, message, hint FROM refused_diagnostics "
      "WHERE account = ? ORDER BY position",
      {account_.value},
      read_diagnostic);
}

Result<void> RefusalStore::begin(const JudgedRevision& judged) {
  return database_->atomically([&]() -> Result<void> {
    const auto again = database_->first<std::int64_t>(
        "SELECT attempts FROM refused_revisions WHERE account = ? AND revision = ? AND judge = ?",
        {account_.value, judged.revision, judged.judge},
        [](const SqlRow& row) { return row.number(0); });
    if (!again) return again.error();
    if (auto dropped = drop_diagnostics(); !dropped) return dropped;
    const auto attempts = static_cast<std::size_t>(again->value_or(0)) + 1;
    return database_->run(
        "INSERT INTO refused_revisions (account, revision, judge, attempts, error)"
        " VALUES (?, ?, ?, ?, '') ON CONFLICT (account) DO UPDATE SET revision = excluded.revision,"
        " judge = excluded.judge, attempts = excluded.attempts, error = excluded.error",
        {account_.value, judged.revision, judged.judge, attempts});
  });
}

Result<void> RefusalStore::take_back(const JudgedRevision& judged) {
  return database_->run(
      "UPDATE refused_revisions SET attempts = attempts - 1"
      " WHERE account = ? AND revision = ? AND judge = ? AND attempts > 0",
      {account_.value, judged.revision, judged.judge});
}

Result<void> RefusalStore::keep(const std::string& error,
                                const std::vector<Diagnostic>& diagnostics) {
  return database_->atomically([&]() -> Result<void> {
    auto set = database_->run("UPDATE refused_revisions SET error = ? WHERE account = ?",
                              {error, account_.value});
    if (!set) return set;
    if (auto dropped = drop_diagnostics(); !dropped) return dropped;
    const std::size_t most = std::min(diagnostics.size(), kMostDiagnostics);
    for (std::size_t i = 0; i < most; ++i) {
      const Diagnostic& one = diagnostics[i];
      auto added = database_->run(
          "INSERT INTO refused_diagnostics (account, position, severity, file, line, "
          "column_number, message, hint) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          {account_.value,
           i,
           std::size_t{one.severity == Severity::error ? 0U : 1U},
           one.position.file,
           static_cast<std::size_t>(one.position.line),
           static_cast<std::size_t>(one.position.column),
           full_message(one),
           one.hint});
      if (!added) return added;
    }
    return {};
  });
}

Result<void> RefusalStore::forget() {
  return database_->atomically([&]() -> Result<void> {
    if (auto dropped = drop_diagnostics(); !dropped) return dropped;
    return database_->run("DELETE FROM refused_revisions WHERE account = ?", {account_.value});
  });
}

Result<void> RefusalStore::drop_diagnostics() {
  return database_->run("DELETE FROM refused_diagnostics WHERE account = ?", {account_.value});
}

}  // namespace authzd
