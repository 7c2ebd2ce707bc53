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
  std::function<AnyCommand()> command;
  std::vector<std::string> recorded;  // of `record`: "check" and a file, or another command
  std::string trace;                  // of `record`: its file

  /// A command whose options are read into `*into`. `more` says what a line cannot.
  template <class T>
  CLI::App& add(const std::string& name,
                const std::string& help,
                const std::shared_ptr<T>& into,
                const std::string& more = {}) {
    CLI::App& sub = *app.add_subcommand(name, help);
    sub.footer(more);
    sub.callback([this, into] { command = [into] { return AnyCommand(*into); }; });
    return sub;
  }

  void add_config(CLI::App& sub);
  void add_account(CLI::App& sub);
  void add_named_account(CLI::App& sub);  // as `sync ACCOUNT`
  void add_local(CLI::App& sub);          // for commands that stand alone where no daemon runs
  void add_state(CLI::App& sub);          // for commands that remember, or speak of what was
};

/// What is said of a text that an option does not take.
inline CLI::ValidationError none_of(const std::string& flag,
                                    const std::string& text,
                                    const std::string& names) {
  return CLI::ValidationError(flag, "\"" + printable(text) + "\" is none of " + names);
}

/// Lets an option take the text of an enumeration; what is said of a bad one names the good ones.
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

void add_planning_commands(CommandLine& line);  // validate, plan, apply, run, list, export, schema
void add_import(CommandLine& line);
void add_record(CommandLine& line);
void add_daemon_commands(CommandLine& line);  // status, runs, approve, …

}  // namespace authzd
