// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The command line while it is being described: CLI11's app and what its options are read into.
// Private to the options: it brings CLI11 along.
#pragma once

#include "daemon/cli/options.hpp"
#include "reconciler/base/text.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

struct CommandLine {
  CLI::App app{"Keeps IBM Cloud service-to-service authorizations equal to YAML manifests.",
               "authzd"};
  CommonOptions common;
  std::vector<std::string> recorded;  // of `record`: "check" and a file, or another command
  std::string trace;                  // of `record`: its file

  void add_config(CLI::App& sub);
  void add_selector(CLI::App& sub);
  void add_account(CLI::App& sub);
  void add_named_account(CLI::App& sub);  // as `sync ACCOUNT`
  void add_local(CLI::App& sub);          // for commands that stand alone where no daemon runs
  void add_state(CLI::App& sub);          // for commands that write or read the state
};

/// The error for a text that an option does not take.
inline CLI::ValidationError none_of(const std::string& flag,
                                    const std::string& text,
                                    const std::string& names) {
  return CLI::ValidationError(flag, "\"" + printable(text) + "\" is none of " + names);
}

/// Lets an option take the text of an enumeration; the error for another text names them.
template <class T, class Target>
CLI::Option* add_choice(CLI::App& app,
                        const std::string& flag,
                        Target& target,
                        const std::map<std::string, T>& choices,
                        const std::string& help) {
  std::string names;
  for (const auto& [name, value] : choices) names += (names.empty() ? "" : "|") + name;
  return app
      .add_option_function<std::string>(
          flag,
          [&target, &choices, names, flag](const std::string& text) {
            const auto found = choices.find(text);
            if (found == choices.end()) throw none_of(flag, text, names);
            target = found->second;
          },
          help)
      ->type_name(names);
}

/// A duration as in the configuration: "90s", "1h30m".
void add_duration(CLI::App& sub,
                  const std::string& flag,
                  std::chrono::milliseconds& target,
                  const std::string& help);

/// `--output text|json`.
void add_text_or_json(CLI::App& sub, OutputForm& form);

/// `--full`.
void add_full(CLI::App& sub, PlanDetail& detail);

/// Gives the command that was read, once parsing has ended.
using ReadCommand = std::function<AnyCommand()>;

template <class T>
ReadCommand reads(const std::shared_ptr<T>& command) {
  return [command] { return AnyCommand(*command); };
}

// The options of each command (CommandRow::describe).
ReadCommand describe_validate(CommandLine& line, CLI::App& sub);
ReadCommand describe_init(CommandLine& line, CLI::App& sub);
ReadCommand describe_plan(CommandLine& line, CLI::App& sub);
ReadCommand describe_diff(CommandLine& line, CLI::App& sub);
ReadCommand describe_apply(CommandLine& line, CLI::App& sub);
ReadCommand describe_run(CommandLine& line, CLI::App& sub);
ReadCommand describe_wait(CommandLine& line, CLI::App& sub);
ReadCommand describe_list(CommandLine& line, CLI::App& sub);
ReadCommand describe_reach(CommandLine& line, CLI::App& sub);
ReadCommand describe_why(CommandLine& line, CLI::App& sub);
ReadCommand describe_report(CommandLine& line, CLI::App& sub);
ReadCommand describe_export(CommandLine& line, CLI::App& sub);
ReadCommand describe_import(CommandLine& line, CLI::App& sub);
ReadCommand describe_schema(CommandLine& line, CLI::App& sub);
ReadCommand describe_audit(CommandLine& line, CLI::App& sub);
ReadCommand describe_record(CommandLine& line, CLI::App& sub);
ReadCommand describe_accounts(CommandLine& line, CLI::App& sub);
ReadCommand describe_status(CommandLine& line, CLI::App& sub);
ReadCommand describe_sync(CommandLine& line, CLI::App& sub);
ReadCommand describe_runs(CommandLine& line, CLI::App& sub);
ReadCommand describe_show(CommandLine& line, CLI::App& sub);
ReadCommand describe_approve(CommandLine& line, CLI::App& sub);
ReadCommand describe_approvals(CommandLine& line, CLI::App& sub);
ReadCommand describe_undo(CommandLine& line, CLI::App& sub);
ReadCommand describe_unpin(CommandLine& line, CLI::App& sub);
ReadCommand describe_release(CommandLine& line, CLI::App& sub);
ReadCommand describe_complete(CommandLine& line, CLI::App& sub);
ReadCommand describe_rollout(CommandLine& line, CLI::App& sub);
ReadCommand describe_suspend(CommandLine& line, CLI::App& sub);
ReadCommand describe_resume(CommandLine& line, CLI::App& sub);
ReadCommand describe_help(CommandLine& line, CLI::App& sub);
ReadCommand describe_version(CommandLine& line, CLI::App& sub);

}  // namespace authzd
