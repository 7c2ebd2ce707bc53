// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
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
  for (const HeldActions& hold : account.status().holds) words.push_back(hold.hash);
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

}  // namespace

Ending run_command(CommandContext context, Workplace place, CompleteCommand command) {
  Words words;
  for (const auto& runtime : place.accounts) {
    const AccountRuntime& account = *runtime;
    switch (command.what) {
      case CompletedWord::accounts: words.push_back(account.spec().name); break;
      case CompletedWord::runs: add_runs(account, words); break;
      case CompletedWord::hashes: add_hashes(account, words); break;
      case CompletedWord::names: add_names(place, account, words); break;
    }
  }
  for (const std::string& word : words) {
    if (!word.empty()) context.console.out << printable(word) << '\n';
  }
  co_return ExitCode::done;
}

}  // namespace authzd
