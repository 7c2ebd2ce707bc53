// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"
#include "daemon/cli/command_row.hpp"
#include "daemon/cli/familiar_words.hpp"
#include "daemon/cli/invocation.hpp"
#include "daemon/net/version.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
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

using Words = std::vector<std::string>;

std::string footer_of(const CommandRow& row) {
  std::string text(row.details);
  if (row.examples.empty()) return text;
  if (!text.empty()) text += "\n\n";
  text += "Examples:";
  for (const std::string_view line : split_lines(row.examples)) {
    text += "\n  " + std::string(line);
  }
  return text;
}

std::string name_of(const CLI::Option& option) {
  return option.get_positional() ? option.get_name(true) : option.get_lnames().front();
}

class Parser {
 public:
  explicit Parser(std::span<const CommandRow> table) : table_(table) {
    CLI::App& app = line_.app;
    app.require_subcommand(1);
    app.set_version_flag("--version", "authzd " + std::string(kVersion));
    app.set_help_flag("-h,--help", "Show this help");
    app.footer(kFooter);
    for (const CommandRow& row : table_) {
      CLI::App& sub = *app.add_subcommand(std::string(row.name), std::string(row.summary));
      sub.footer(footer_of(row));
      sub.callback([this, &row, read = row.describe(line_, sub)] {
        row_ = &row;
        command_ = read();
      });
    }
  }

  std::variant<Invocation, EarlyExit> parse(const Words& typed) {
    CLI::App& app = line_.app;
    const Words words = answerable(with_command_first(typed));
    try {
      // CLI11 takes the words from the end.
      app.parse(Words(words.rbegin(), words.rend()));
    } catch (const CLI::Success& success) {  // --help, --version
      std::ostringstream text;
      app.exit(success, text, text);
      return EarlyExit{ExitCode::done, text.str()};
    } catch (const CLI::ParseError& error) {
      if (app.get_subcommands().empty()) return no_command(words);
      return EarlyExit{ExitCode::usage,
                       "authzd: " + what_is_wrong(error) + "\nRun '" + name_of_subcommand() +
                           " --help' for what it takes.\n"};
    }
    const auto& recorded = line_.recorded;
    if (!recorded.empty() && recorded.front() != kCheck) return parse_recorded();
    return Invocation{line_.common, command_, row_, given_to(*app.get_subcommands().front())};
  }

  Result<Invocation> parse(const CommandCall& call) {
    const CommandRow* row = find_command(table_, call.command);
    if (row == nullptr || row->perform_on == nullptr) {
      return Error{ErrorCode::not_found, no_command_of_a_daemon(call.command)};
    }
    const CLI::App& sub = *line_.app.get_subcommand(call.command);
    Words words{call.command};
    for (const GivenOption& given : call.options) {
      const CLI::Option* option = option_of(sub, given.name);
      if (option == nullptr) return Error{ErrorCode::rejected, no_option(sub, given.name)};
      if (given.is_flag) words.push_back("--" + given.name);
      for (const std::string& value : given.values) {
        const bool is_argument = option->get_positional();
        if (is_argument && value.starts_with('-')) {
          return Error{ErrorCode::rejected, given.name + ": " + quote(value) + " is an option"};
        }
        words.push_back(is_argument ? value : "--" + given.name + "=" + value);
      }
    }
    try {
      line_.app.parse(Words(words.rbegin(), words.rend()));
    } catch (const CLI::ParseError& error) {
      return Error{ErrorCode::rejected, what_is_wrong(error)};
    }
    return Invocation{line_.common, command_, row_, given_to(sub)};
  }

 private:
  /// What was given of a command's options, but for those that are the client's own business.
  static std::vector<GivenOption> given_to(const CLI::App& sub) {
    static constexpr std::array kOfTheClient{"config", "log-level", "log-json", "quiet", "watch"};
    std::vector<GivenOption> given;
    for (const CLI::Option* option : sub.get_options()) {
      const std::string name = name_of(*option);
      if (option->count() == 0 || std::ranges::find(kOfTheClient, name) != kOfTheClient.end()) {
        continue;
      }
      const bool is_flag = option->get_expected_max() == 0;
      given.push_back({name, is_flag ? Words() : option->results(), is_flag});
    }
    return given;
  }

  static const CLI::Option* option_of(const CLI::App& sub, const std::string& name) {
    const auto options = sub.get_options();
    const auto found = std::ranges::find_if(options, [&](const CLI::Option* option) {
      return option != sub.get_help_ptr() && name_of(*option) == name;
    });
    return found == options.end() ? nullptr : *found;
  }

  [[nodiscard]] std::string no_command_of_a_daemon(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const CommandRow& row : table_) {
      if (row.perform_on != nullptr) names.push_back(row.name);
    }
    const auto meant = did_you_mean(name, names);
    return "a daemon has no command " + quote(name) +
           (meant ? "; did you mean " + quote(*meant) + "?" : std::string());
  }

  static std::string no_option(const CLI::App& sub, const std::string& name) {
    Words names;
    for (const CLI::Option* option : sub.get_options()) names.push_back(name_of(*option));
    const auto meant =
        did_you_mean(name, std::vector<std::string_view>(names.begin(), names.end()));
    return sub.get_name() + " takes no " + quote(name) +
           (meant ? "; did you mean " + quote(*meant) + "?" : std::string());
  }

  /// The command that is recorded, as if it had been typed alone.
  std::variant<Invocation, EarlyExit> parse_recorded() const {
    auto parsed = Parser(table_).parse(line_.recorded);
    auto* invocation = std::get_if<Invocation>(&parsed);
    if (invocation == nullptr) return parsed;
    if (invocation->row->name == kRecord) {
      return EarlyExit{ExitCode::usage, "authzd: record cannot be recorded\n"};
    }
    invocation->common.trace = line_.trace;
    return parsed;
  }

  /// Options may precede the command, too: `authzd --config FILE plan`.
  [[nodiscard]] Words with_command_first(Words words) const {
    const std::set<std::string> valued = options_with_value();
    for (auto word = words.begin(); word != words.end(); ++word) {
      if (*word == "--") break;
      if (word->starts_with('-')) {
        if (valued.contains(*word) && std::next(word) != words.end()) ++word;
      } else {
        std::rotate(words.begin(), word, std::next(word));
        break;
      }
    }
    return words;
  }

  [[nodiscard]] std::set<std::string> options_with_value() const {
    std::set<std::string> names;
    for (const CLI::App* sub : line_.app.get_subcommands({})) {
      for (const CLI::Option* option : sub->get_options()) {
        if (option->get_expected_max() == 0) continue;
        for (const std::string& name : option->get_lnames()) names.insert("--" + name);
        for (const std::string& name : option->get_snames()) names.insert("-" + name);
      }
    }
    return names;
  }

  /// `help`, `help plan` and `version` as the options that answer the same.
  [[nodiscard]] Words answerable(Words words) const {
    if (words.empty()) return words;
    if (words.front() == "version" && words.size() == 1) return {"--version"};
    if (words.front() != "help" || (words.size() > 1 && words[1].starts_with('-'))) return words;
    if (words.size() == 1) return {"--help"};
    if (words.size() == 2 && find_command(table_, words[1]) != nullptr) return {words[1], "--help"};
    words.erase(words.begin());  // a command that does not exist: named as such
    return words;
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

  /// An advice that begins with an option is for commands that have it.
  static bool is_possible(const CLI::App& sub, std::string_view advice) {
    if (!advice.starts_with('-')) return true;
    const std::string option(advice.substr(0, advice.find(' ')));
    return sub.get_option_no_throw(option) != nullptr;
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
        const std::string text = "there is no option " + printable(word);
        if (const auto instead = instead_of_option(sub.get_name(), word);
            instead && is_possible(sub, *instead)) {
          return text + "; " + std::string(*instead);
        }
        const auto meant = did_you_mean(word, known);
        return text + (meant ? "; did you mean " + *meant + "?" : std::string());
      }
      words += (words.empty() ? "" : " ") + printable(word);
    }
    return "not expected: " + words;
  }

  /// CLI11 says only that a subcommand is required, also where one is misspelt.
  [[nodiscard]] EarlyExit no_command(const Words& words) const {
    std::vector<std::string_view> names;
    std::string list;
    for (const CLI::App* sub : line_.app.get_subcommands({})) {
      names.push_back(sub->get_name());
      list += (list.empty() ? "" : ", ") + sub->get_name();
    }
    std::string text = "authzd: a command is needed";
    if (!words.empty() && !words.front().starts_with('-')) {
      text = "authzd: there is no command \"" + printable(words.front()) + "\"";
      if (const auto instead = instead_of_command(words.front())) {
        text += "; " + std::string(*instead);
      } else if (const auto meant = did_you_mean(words.front(), names)) {
        text += "; did you mean \"" + *meant + "\"?";
      }
    }
    return {ExitCode::usage, text + "\nCommands: " + list + ". See 'authzd --help'.\n"};
  }

  std::span<const CommandRow> table_;
  CommandLine line_;
  const CommandRow* row_ = nullptr;
  AnyCommand command_;
};

}  // namespace

std::variant<Invocation, EarlyExit> parse_command_line(const std::vector<std::string>& words,
                                                       std::span<const CommandRow> table) {
  return Parser(table).parse(words);
}

std::vector<OptionShape> options_of(const CommandRow& row) {
  CommandLine line;
  CLI::App& sub = *line.app.add_subcommand(std::string(row.name), std::string(row.summary));
  const auto unread = row.describe(line, sub);
  std::vector<OptionShape> shapes;
  for (const CLI::Option* option : sub.get_options()) {
    const bool is_help = option == sub.get_help_ptr();
    if (is_help) continue;
    shapes.push_back({name_of(*option),
                      option->get_expected_max() == 0,
                      option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
                          option->get_expected_max() > 1,
                      option->get_required()});
  }
  return shapes;
}

Result<Invocation> parse_command_call(const CommandCall& call, std::span<const CommandRow> table) {
  return Parser(table).parse(call);
}

}  // namespace authzd
