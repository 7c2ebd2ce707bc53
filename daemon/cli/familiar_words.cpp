// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/familiar_words.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

struct CommandWord {
  std::string_view word;
  std::string_view instead;
};

constexpr std::string_view kPlan = "'authzd plan' shows the difference";
constexpr std::string_view kList = "'authzd list' shows what IAM has";
constexpr std::string_view kRemove =
    "take the document out of the manifests, or 'authzd release' to stop managing a policy";
constexpr std::string_view kUndo = "'authzd undo' takes back what a run did";
constexpr std::string_view kValidate = "'authzd validate' checks manifests and configurations";
constexpr std::string_view kSync = "'authzd sync' starts a cycle now";
constexpr std::string_view kSuspend = "'authzd suspend' stops all writes until 'authzd resume'";
constexpr std::string_view kRuns = "'authzd runs' lists what was done, 'authzd show' shows one run";
constexpr std::string_view kApply = "'authzd apply' makes IAM equal to the manifests";
constexpr std::string_view kRun = "'authzd run' is the daemon";

constexpr std::array kCommands{
    CommandWord{"add", kApply},
    CommandWord{"check", kValidate},
    CommandWord{"create", kApply},
    CommandWord{"daemon", kRun},
    CommandWord{"delete", kRemove},
    CommandWord{"deploy", kApply},
    CommandWord{"describe", kRuns},
    CommandWord{"destroy", kRemove},
    CommandWord{"dry-run", kPlan},
    CommandWord{"get", kList},
    CommandWord{"history", kRuns},
    CommandWord{"lint", kValidate},
    CommandWord{"log", kRuns},
    CommandWord{"logs", "'journalctl -u authzd' shows the daemon's log"},
    CommandWord{"ls", kList},
    CommandWord{"pause", kSuspend},
    CommandWord{"policies", kList},
    CommandWord{"preview", kPlan},
    CommandWord{"reconcile", kSync},
    CommandWord{"refresh", kSync},
    CommandWord{"remove", kRemove},
    CommandWord{"revert", kUndo},
    CommandWord{"rm", kRemove},
    CommandWord{"rollback", kUndo},
    CommandWord{"serve", kRun},
    CommandWord{"stop", kSuspend},
    CommandWord{"up", kApply},
};

struct OptionWord {
  std::string_view command;  // empty: any
  std::string_view word;
  std::string_view instead;
};

constexpr std::string_view kManifests = "--manifests PATH names the manifests";
constexpr std::string_view kFiles = "files and directories follow the command without an option";
constexpr std::string_view kNoWrite = "'authzd plan' shows what apply would do, and writes nothing";
constexpr std::string_view kVerbose = "--log-level debug shows more";
constexpr std::string_view kYes = "--yes does not ask; rails still hold";
constexpr std::string_view kOutput = "-o chooses the form, such as -o json";
constexpr std::string_view kAll = "all accounts are meant where no --account is given";
constexpr std::string_view kOne = "--name NAME plans one authorization";

/// A command's own lines come before those of any.
constexpr std::array kOptions{
    OptionWord{"validate", "-f", kFiles},
    OptionWord{"validate", "--file", kFiles},
    OptionWord{"validate", "--filename", kFiles},
    OptionWord{"validate", "--manifests", kFiles},
    OptionWord{"apply", "--dry-run", kNoWrite},
    OptionWord{"plan", "--dry-run", "a plan writes nothing"},
    OptionWord{"plan", "--out-file", "--out text|json|markdown=FILE also writes a file"},
    OptionWord{"plan", "--only", kOne},
    OptionWord{"plan", "--target", kOne},
    OptionWord{"apply", "--only", kOne},
    OptionWord{"apply", "--target", kOne},
    OptionWord{"apply", "-target", kOne},
    OptionWord{"", "-f", kManifests},
    OptionWord{"", "--file", kManifests},
    OptionWord{"", "--filename", kManifests},
    OptionWord{"", "--dry-run", "'authzd plan' writes nothing"},
    OptionWord{"", "-v", kVerbose},
    OptionWord{"", "--verbose", kVerbose},
    OptionWord{"", "--debug", kVerbose},
    OptionWord{"", "--force", kYes},
    OptionWord{"", "--auto-approve", kYes},
    OptionWord{"", "-auto-approve", kYes},
    OptionWord{"", "--json", kOutput},
    OptionWord{"", "--format", kOutput},
    OptionWord{"", "--yaml", kOutput},
    OptionWord{"", "-A", kAll},
    OptionWord{"", "--all-accounts", kAll},
    OptionWord{"", "-a", "--account ID names the account"},
    OptionWord{"", "-c", "--config FILE names the configuration"},
};

}  // namespace

std::optional<std::string_view> instead_of_command(std::string_view word) {
  const auto found = std::ranges::find(kCommands, word, &CommandWord::word);
  return found == kCommands.end() ? std::nullopt : std::optional(found->instead);
}

std::optional<std::string_view> instead_of_option(std::string_view command, std::string_view word) {
  word = word.substr(0, word.find('='));
  const auto found = std::ranges::find_if(kOptions, [&](const OptionWord& each) {
    return each.word == word && (each.command.empty() || each.command == command);
  });
  return found == kOptions.end() ? std::nullopt : std::optional(found->instead);
}

}  // namespace authzd
