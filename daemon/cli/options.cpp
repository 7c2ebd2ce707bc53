// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/options.hpp"

#include "daemon/cli/command_line.hpp"
#include "daemon/net/version.hpp"
#include "reconciler/base/text.hpp"

#include <sstream>

namespace authzd {
namespace {

constexpr const char* kFooter =
    "Environment:\n"
    "  IBMCLOUD_API_KEY            the API key of a call without a configuration\n"
    "  IBMCLOUD_IAM_API_ENDPOINT   IAM's address of such a call (default "
    "https://iam.cloud.ibm.com)\n"
    "  IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT\n"
    "                              the same of Resource Controller (default: beside IAM's)\n"
    "  NO_COLOR                    no colour, even on a terminal\n"
    "\n"
    "Files:\n"
    "  /etc/authzd/authzd.yaml     the configuration, where --config names none\n"
    "  /run/authzd/admin.sock      the daemon's socket, where the configuration names none\n"
    "\n"
    "With a daemon on the configuration, commands go through its socket and use its identity and\n"
    "state; root and members of the group authzd-admin may use it.\n"
    "\n"
    "Exit codes:\n"
    "  0 done, or nothing to do    1 error    2 changes (with --detailed-exitcode)\n"
    "  3 held by a rail            4 invalid manifests or configuration\n"
    "  5 partly applied, or conflicts remain; record check: a fact is contradicted\n"
    "  64 usage\n"
    "  plan gives 2, 3 and 5 only with --detailed-exitcode.";

constexpr std::string_view kRecord = "record";
constexpr std::string_view kCheck = "check";

class Parser {
 public:
  Parser() {
    CLI::App& app = line_.app;
    app.require_subcommand(1);
    app.set_version_flag("--version", "authzd " + std::string(kVersion));
    app.set_help_flag("-h,--help", "Show this help");
    app.footer(kFooter);
    add_planning_commands(line_);
    add_record(line_);
    add_daemon_commands(line_);
  }

  std::variant<Invocation, EarlyExit> parse(int argc, const char* const* argv) {
    CLI::App& app = line_.app;
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
      std::ostringstream text;
      app.exit(success, text, text);
      return EarlyExit{ExitCode::done, text.str()};
    } catch (const CLI::ParseError& error) {
      if (app.get_subcommands().empty()) return no_command(argc, argv);
      return EarlyExit{ExitCode::usage,
                       "authzd: " + what_is_wrong(error) + "\nRun '" + name_of_subcommand() +
                           " --help' for what it takes.\n"};
    }
    const auto& recorded = line_.recorded;
    if (!recorded.empty() && recorded.front() != kCheck) return parse_recorded();
    return Invocation{line_.common, line_.command(), {argv + 1, argv + argc}};
  }

 private:
  /// The command that is recorded, as if it had been typed alone.
  std::variant<Invocation, EarlyExit> parse_recorded() const {
    std::vector<const char*> words{"authzd"};
    for (const std::string& word : line_.recorded) words.push_back(word.c_str());
    auto parsed = Parser().parse(static_cast<int>(words.size()), words.data());
    auto* invocation = std::get_if<Invocation>(&parsed);
    if (invocation == nullptr) return parsed;
    if (line_.recorded.front() == kRecord) {
      return EarlyExit{ExitCode::usage, "authzd: record cannot be recorded\n"};
    }
    invocation->common.trace = line_.trace;
    return parsed;
  }

  std::string name_of_subcommand() const {
    const auto chosen = line_.app.get_subcommands();
    return chosen.empty() ? "authzd" : "authzd " + chosen.front()->get_name();
  }

  /// CLI11 names a missing argument by our word for it, and lists what is too much from its end.
  std::string what_is_wrong(const CLI::ParseError& error) const {
    const CLI::App& sub = *line_.app.get_subcommands().front();
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
      for (const CLI::Option* option : sub.get_options()) {
        const bool lacks = option->get_required() && option->get_positional() && option->empty();
        if (lacks) return option->get_type_name() + " is needed";
      }
    }
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return too_much(sub);
    return error.what();
  }

  static std::string too_much(const CLI::App& sub) {
    std::vector<std::string> names;
    for (const CLI::Option* option : sub.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    std::string words;
    for (const std::string& word : sub.remaining()) {
      if (word.starts_with('-')) {
        const auto meant = did_you_mean(word, known);
        return "there is no option " + printable(word) +
               (meant ? "; did you mean " + *meant + "?" : std::string());
      }
      words += (words.empty() ? "" : " ") + printable(word);
    }
    return "not expected: " + words;
  }

  /// CLI11 says only that a subcommand is required, also where one is misspelt.
  EarlyExit no_command(int argc, const char* const* argv) const {
    std::vector<std::string_view> names;
    std::string list;
    for (const CLI::App* sub : line_.app.get_subcommands({})) {
      names.push_back(sub->get_name());
      list += (list.empty() ? "" : ", ") + sub->get_name();
    }
    std::string text = "authzd: a command is needed";
    if (argc > 1 && argv[1][0] != '-') {
      text = "authzd: there is no command \"" + printable(argv[1]) + "\"";
      if (const auto meant = did_you_mean(argv[1], names))
        text += "; did you mean \"" + *meant + "\"?";
    }
    return {ExitCode::usage, text + "\nCommands: " + list + ". See 'authzd --help'.\n"};
  }

  CommandLine line_;
};

}  // namespace

std::variant<Invocation, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  return Parser().parse(argc, argv);
}

}  // namespace authzd
