// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The command line as a value. Parsing returns a decision; main performs it.
#pragma once

#include "daemon/cli/common_options.hpp"
#include "daemon/cli/exit_code.hpp"
#include "daemon/cli/reading_options.hpp"
#include "daemon/status/accounts_report.hpp"
#include "reconciler/import/terraform_import.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/report/plan_text.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace authzd {

inline constexpr std::string_view kDefaultConfig = "/etc/authzd/authzd.yaml";

enum class FindingsForm { text, json, sarif, github };  // of what a check found

/// A form and the file it goes to: `--out json=plan.json`.
struct OutputFile {
  OutputForm form = OutputForm::text;
  std::string path;
};

struct ValidateCommand {
  std::vector<std::string> paths;  // "-": standard input
  FindingsForm output = FindingsForm::text;
  bool allow_empty = false;
  bool is_online = false;  // not only the texts: all that a daemon needs
};
/// Empty: asked for.
struct InitCommand {
  std::string to = ".";  // a folder that gets the files
  std::string owner;
  std::string account;  // its id
  std::string name;
  std::string key_file;
  /// The URL of a repository; empty: a folder beside the configuration; none: asked for.
  std::optional<std::string> git = {};
};
struct PlanCommand {
  bool detailed_exitcode = false;
  OutputForm output = OutputForm::text;
  std::vector<OutputFile> files;
  std::optional<std::string> against;  // a saved list; nothing is asked of IAM
  std::string ref = {};                // of the source's repository; empty: the configured one
  PlanDetail detail = {};
  std::vector<std::string> names;  // of authorizations; empty: all
};
struct ApplyCommand {
  bool yes = false;
  std::vector<std::string> plan_hashes;  // empty: none given; else one for each account
  OutputForm output = OutputForm::text;
  PlanDetail detail = {};
  std::vector<std::string> names;  // of authorizations; empty: all
};
struct RunCommand {
  bool once = false;
  bool dry_run = false;
};
enum class ImportFrom { tfstate, cli, pair };
struct ImportCommand {
  ImportFrom from = ImportFrom::tfstate;
  std::vector<std::string> files;        // "-": standard input
  std::optional<std::string> to;         // tfstate: a folder; pair: "kms:GUID"
  std::optional<std::string> pair_from;  // "hs-crypto", "hs-crypto:GUID"
  GroupBy group_by = GroupBy::source;
};

struct AuditVerifyCommand {
  std::vector<std::string>
      files;                // the oldest first; empty: the configured log; "-": the journal's
  std::uint64_t first = 1;  // the number of the first line that must be there
};

/// `record -- COMMAND` is that command, with CommonOptions::trace.
struct RecordCheckCommand {
  std::string file;  // "-": standard input
  OutputForm output = OutputForm::text;
};

struct AccountsCommand {
  AccountsForm output = AccountsForm::text;
};
struct StatusCommand {
  OutputForm output = OutputForm::text;
  bool watches = false;  // on a terminal: again and again
};
struct SyncCommand {
  bool wait = false;  // until the cycles have ended, and show how
  std::chrono::milliseconds timeout{300'000};
};
enum class WaitGoal {
  granted,  // IAM has every grant as it is wanted
  settled,  // and has had it for `settle`, so that every replica knows it
};
struct WaitCommand {
  std::vector<std::string> names;  // of authorizations
  WaitGoal goal = WaitGoal::granted;
  std::chrono::milliseconds timeout{300'000};
};
struct ApproveCommand {
  std::vector<std::string> what;  // each a hash, or 32 digits of one and more; or a revision
  std::string undo = {};          // a run: the hashes are of the plan that undoes it
  bool yes = false;               // does not ask
};
struct ApprovalsCommand {
  std::vector<std::string>
      revoked;  // hashes, or 32 digits of one and more; revisions; firstDeletes
  OutputForm output = OutputForm::text;
};
struct RunsCommand {
  std::size_t count = 20;  // at most so many of each account
  OutputForm output = OutputForm::text;
};
struct ShowCommand {
  std::string run;  // its id, or the beginning of it
  OutputForm output = OutputForm::text;
  PlanDetail detail = {};
};
struct UndoCommand {
  std::string run;             // its id, or eight digits of it and more
  std::string plan_hash = {};  // of the undo's plan, held actions included; empty: none given
  bool yes = false;
  OutputForm output = OutputForm::text;
  PlanDetail detail = {};
};
struct UnpinCommand {
  std::string what;  // 32 digits or more of a key's hash, or an authorization's name; or `all`
  bool all = false;
};
struct ReleaseCommand {
  std::string name;  // of an authorization; empty with `all`
  bool all = false;
  bool yes = false;
  PlanDetail detail = {};
};
enum class CompletedWord { accounts, approvals, hashes, names, pins, runs, services };
/// For shells: what may stand in the place of an option's value.
struct CompleteCommand {
  CompletedWord what = CompletedWord::accounts;
};
enum class RolloutVerb { status, pause, resume, promote };
struct RolloutCommand {
  RolloutVerb verb = RolloutVerb::status;
  std::string revision = {};  // promote: the newest, or its beginning; empty: the newest
  bool is_urgent = false;     // promote: only what narrows goes ahead
  OutputForm output = OutputForm::text;
};
struct SuspendCommand {};
struct ResumeCommand {};
/// `help` and `version`: the parser answers them.
struct HelpCommand {};

using AnyCommand = std::variant<ValidateCommand,
                                InitCommand,
                                PlanCommand,
                                DiffCommand,
                                ApplyCommand,
                                RunCommand,
                                ListCommand,
                                ReachCommand,
                                WhyCommand,
                                ReportCommand,
                                ExportCommand,
                                SchemaCommand,
                                ImportCommand,
                                AuditVerifyCommand,
                                RecordCheckCommand,
                                AccountsCommand,
                                StatusCommand,
                                SyncCommand,
                                WaitCommand,
                                ApproveCommand,
                                ApprovalsCommand,
                                RunsCommand,
                                ShowCommand,
                                UndoCommand,
                                UnpinCommand,
                                ReleaseCommand,
                                CompleteCommand,
                                RolloutCommand,
                                SuspendCommand,
                                ResumeCommand,
                                HelpCommand>;

}  // namespace authzd
