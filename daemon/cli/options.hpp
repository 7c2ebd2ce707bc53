// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The command line as a value. Parsing returns a decision; main performs it.
#pragma once

#include "daemon/cli/exit_code.hpp"
#include "daemon/log.hpp"
#include "reconciler/plan/planner.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace authzd {

inline constexpr std::string_view kDefaultConfig = "/etc/authzd/authzd.yaml";

enum class OutputForm { text, json, markdown };

/// A form and the file it goes to: `--out json=plan.json`.
struct OutputFile {
  OutputForm form = OutputForm::text;
  std::string path;
};

/// Options that most commands share. Where `config` is not given and the default file exists, it is
/// used unless `manifests` says that this call stands alone.
struct CommonOptions {
  std::optional<std::string> config;
  std::optional<std::string> manifests;  // one-shot: a directory or a file
  std::vector<std::string> accounts;  // names or ids from the configuration; one-shot: the one id
  std::optional<std::string> owner;
  std::optional<Mode> mode;
  std::optional<Adopt> adopt;
  std::optional<LogLevel> log_level;  // default: warning; run: info
  bool log_json = false;
  bool local = false;                // stand alone, even where a daemon runs
  std::optional<std::string> state;  // stand alone, with this file to remember in
};

struct ValidateCommand {
  std::vector<std::string> paths;
};
struct PlanCommand {
  bool detailed_exitcode = false;
  OutputForm output = OutputForm::text;
  std::vector<OutputFile> files;
  std::optional<std::string> against;  // a saved list; nothing is asked of IAM
  bool show_unmanaged = false;
};
struct ApplyCommand {
  bool yes = false;
  std::vector<std::string> plan_hashes;  // empty: none given; else one for each account
  OutputForm output = OutputForm::text;
};
struct RunCommand {
  bool once = false;
  bool dry_run = false;
};
struct ListCommand {
  OutputForm output = OutputForm::text;
};
struct ExportCommand {};
struct SchemaCommand {
  std::string kind = "Authorization";
};

struct StatusCommand {
  OutputForm output = OutputForm::text;
};
struct SyncCommand {
  bool wait = false;  // until the cycles have ended, and show how
  std::chrono::milliseconds timeout{300'000};
};
struct ApproveCommand {
  std::vector<std::string> what;  // each a hash, or the beginning of one; or a revision
};
struct RunsCommand {
  std::size_t count = 20;  // at most so many of each account
  OutputForm output = OutputForm::text;
};
struct ShowCommand {
  std::string run;  // its id, or the beginning of it
  OutputForm output = OutputForm::text;
};
struct UndoCommand {
  std::string run;  // its id, or the beginning of it
  bool yes = false;
  OutputForm output = OutputForm::text;
};
struct UnpinCommand {
  std::string what;  // a key's hash, or an authorization's name; empty with `all`
  bool all = false;
};
struct ReleaseCommand {
  std::string name;  // of an authorization; empty with `all`
  bool all = false;
  bool yes = false;
};
struct SuspendCommand {};
struct ResumeCommand {};

using AnyCommand = std::variant<ValidateCommand,
                                PlanCommand,
                                ApplyCommand,
                                RunCommand,
                                ListCommand,
                                ExportCommand,
                                SchemaCommand,
                                StatusCommand,
                                SyncCommand,
                                ApproveCommand,
                                RunsCommand,
                                ShowCommand,
                                UndoCommand,
                                UnpinCommand,
                                ReleaseCommand,
                                SuspendCommand,
                                ResumeCommand>;

struct Invocation {
  CommonOptions common;
  AnyCommand command;
  std::vector<std::string> arguments;  // as typed: what a daemon is sent
};

/// Parsing ended the call by itself: help, version, or a mistake with what to do about it.
struct EarlyExit {
  ExitCode code = ExitCode::done;
  std::string text;  // for standard output where the code is `done`, else for standard error
};

std::variant<Invocation, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace authzd
