// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <set>

namespace authzd {
namespace {

constexpr std::size_t kRuns = 50;  // of each account, the newest

using Words = std::vector<std::string>;

/// The newest first.
void add_runs(const AccountRuntime& account, Words& words) {
  const auto runs = account.state().runs.last(kRuns);
  if (!runs) return;
  for (const RunSummary& run : *runs) words.push_back(run.start.id);
}

/// What waits for an approval.
void add_hashes(const AccountRuntime& account, Words& words) {
  const AccountStatus& status = account.status();
  if (status.holds.size() > 1) words.push_back(hash_all_holds(status));
  for (const HeldActions& hold : status.holds) words.push_back(hold.hash);
  const auto attempted = account.state().revisions.attempted();
  if (attempted && *attempted && !(*attempted)->error.empty()) {
    words.push_back((*attempted)->revision);
  }
}

/// Of the revision that is in force.
void add_names(const Workplace& place, const AccountRuntime& account, Words& words) {
  if (place.daemon == nullptr) return;
  const std::set<std::string> names = account.loader().names();
  words.insert(words.end(), names.begin(), names.end());
}

/// What 'authzd approvals --revoke' takes.
void add_approvals(const AccountRuntime& account, Words& words) {
  const auto kept = account.state().approvals.list(account.time().latest);
  if (!kept) return;
  for (const Approval& approval : *kept) {
    const bool is_first = approval.kind == ApprovalKind::first_deletes;
    words.push_back(is_first ? std::string(to_string(approval.kind)) : approval.subject);
  }
}

/// The names of what is pinned, by the undo that pinned it.
void add_pins(const AccountRuntime& account, Words& words) {
  const auto pins = account.state().pins.list();
  if (!pins) return;
  std::set<std::string> runs;
  std::set<Key> keys;
  for (const KeptPin& pin : *pins) {
    runs.insert(pin.run);
    keys.insert(pin.key);
  }
  std::set<std::string> names;
  for (const std::string& run : runs) {
    const auto detail = account.state().runs.find(run);
    if (!detail) continue;
    for (const RecordedAction& recorded : detail->actions) {
      if (keys.contains(recorded.action.key)) names.insert(recorded.action.name);
    }
  }
  words.insert(words.end(), names.begin(), names.end());
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, CompleteCommand command) {
  Words words;
  if (command.what == CompletedWord::services) {
    const auto& services = known_services().all();
    words.assign(services.begin(), services.end());
  }
  for (const auto& runtime : place.accounts) {
    const AccountRuntime& account = *runtime;
    switch (command.what) {
      case CompletedWord::accounts: words.push_back(account.spec().name); break;
      case CompletedWord::runs: add_runs(account, words); break;
      case CompletedWord::hashes: add_hashes(account, words); break;
      case CompletedWord::names: add_names(place, account, words); break;
      case CompletedWord::approvals: add_approvals(account, words); break;
      case CompletedWord::pins: add_pins(account, words); break;
      case CompletedWord::services: break;
    }
  }
  for (const std::string& word : words) {
    if (!word.empty()) context.console.out << printable(word) << '\n';
  }
  co_return ExitCode::done;
}

}  // namespace authzd
