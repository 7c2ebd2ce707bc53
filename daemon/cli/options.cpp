// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/options.hpp"

#include "daemon/net/version.hpp"
#include "reconciler/base/text.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <memory>

namespace authzd {
namespace {

const std::map<std::string, OutputForm> kForms{
    {"text", OutputForm::text}, {"json", OutputForm::json}, {"markdown", OutputForm::markdown}};
const std::map<std::string, OutputForm> kListForms{{"text", OutputForm::text},
                                                   {"json", OutputForm::json}};
const std::map<std::string, LogLevel> kLevels{{"debug", LogLevel::debug},
                                              {"info", LogLevel::info},
                                              {"warning", LogLevel::warning},
                                              {"error", LogLevel::error}};

constexpr const char* kFooter =
    "Environment:\n"
    "  IBMCLOUD_API_KEY            the API key of a call without a configuration\n"
    "  IBMCLOUD_IAM_API_ENDPOINT   IAM's address of such a call (default "
    "https://iam.cloud.ibm.com)\n"
    "  NO_COLOR                    no colour, even on a terminal\n"
    "\n"
    "Exit codes:\n"
    "  0 done, or nothing to do    1 error    2 changes (with --detailed-exitcode)\n"
    "  3 held by a rail            4 invalid manifests or configuration\n"
    "  5 partly applied, or conflicts remain  64 usage\n"
    "  plan gives 2, 3 and 5 only with --detailed-exitcode.";

/// Lets an option take the text of an enumeration; what CLI11 says of a bad one names the good
/// ones.
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
          [&target, &choices, names](const std::string& text) {
            const auto found = choices.find(text);
            if (found == choices.end()) throw CLI::ValidationError(text, "is none of " + names);
            target = found->second;
          },
          help)
      ->type_name(names);
}

class Parser {
 public:
  Parser() {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "authzd " + std::string(kVersion));
    app_.set_help_flag("-h,--help", "Show this help");
    app_.footer(kFooter);
    add_validate();
    add_plan();
    add_apply();
    add_run();
    add_list();
    add_export();
    add_schema();
  }

  std::variant<Invocation, EarlyExit> parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
      std::ostringstream text;
      app_.exit(success, text, text);
      return EarlyExit{ExitCode::done, text.str()};
    } catch (const CLI::ParseError& error) {
      if (app_.get_subcommands().empty()) return no_command(argc, argv);
      return EarlyExit{ExitCode::usage,
                       "authzd: " + std::string(error.what()) + "\nRun '" + name_of_subcommand() +
                           " --help' for what it takes.\n"};
    }
    return Invocation{common_, command_()};
  }

 private:
  std::string name_of_subcommand() const {
    const auto chosen = app_.get_subcommands();
    return chosen.empty() ? "authzd" : "authzd " + chosen.front()->get_name();
  }

  /// CLI11 says only that a subcommand is required, also where one is misspelt.
  EarlyExit no_command(int argc, const char* const* argv) const {
    std::vector<std::string_view> names;
    std::string list;
    for (const CLI::App* sub : app_.get_subcommands({})) {
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

  template <class T>
  CLI::App& add(const std::string& name,
                const std::string& help,
                const std::shared_ptr<T>& command) {
    CLI::App& sub = *app_.add_subcommand(name, help);
    sub.callback([this, command] { command_ = [command] { return AnyCommand(*command); }; });
    return sub;
  }

  void add_config(CLI::App& sub) {
    sub.add_option("--config",
                   common_.config,
                   "Configuration (default " + std::string(kDefaultConfig) + ", if it exists)")
        ->type_name("FILE");
    add_choice<LogLevel>(
        sub, "--log-level", common_.log_level, kLevels, "What goes to standard error");
    sub.add_flag("--log-json", common_.log_json, "JSON lines, on a terminal too");
  }

  void add_account(CLI::App& sub) {
    add_config(sub);
    sub.add_option(
           "--account",
           common_.accounts,
           "Account: a name or id of the configuration (repeatable), or, without one, the id")
        ->type_name("ID");
  }

  void add_desired(CLI::App& sub) {
    add_account(sub);
    sub.add_option("--manifests", common_.manifests, "Without a configuration: the manifests")
        ->type_name("PATH");
    sub.add_option("--owner", common_.owner, "Without a configuration: what marks policies as ours")
        ->type_name("NAME");
    add_parsed(sub,
               "--mode",
               common_.mode,
               &parse_mode,
               "observe|create-only|upsert-only|sync",
               "What may be written");
    add_parsed(sub,
               "--adopt",
               common_.adopt,
               &parse_adopt,
               "never|identical|always",
               "What to do with policies that nobody manages and a manifest wants");
  }

  template <class T>
  static void add_parsed(CLI::App& sub,
                         const std::string& flag,
                         std::optional<T>& target,
                         std::optional<T> (*parse)(std::string_view),
                         const std::string& names,
                         const std::string& help) {
    sub.add_option_function<std::string>(
           flag,
           [&target, parse, names](const std::string& text) {
             target = parse(text);
             if (!target) throw CLI::ValidationError(text, "is none of " + names);
           },
           help)
        ->type_name(names);
  }

  void add_validate() {
    const auto command = std::make_shared<ValidateCommand>();
    CLI::App& sub =
        add("validate", "Check manifests, or a configuration; nothing is asked of IAM", command);
    add_account(sub);
    sub.add_option("path", command->paths, "Files and directories (default: those configured)");
  }

  void add_plan() {
    const auto command = std::make_shared<PlanCommand>();
    CLI::App& sub = add("plan", "Show the difference; write nothing", command);
    add_desired(sub);
    sub.add_flag("--detailed-exitcode", command->detailed_exitcode, "Exit 2, 3, 5 as below");
    add_choice(sub, "--output", command->output, kForms, "Form of standard output");
    sub.add_option_function<std::vector<std::string>>(
           "--out",
           [command](const std::vector<std::string>& texts) { take_files(texts, command->files); },
           "Also write the plan to a file (repeatable)")
        ->type_name("text|json|markdown=FILE");
    sub.add_option("--against", command->against, "Compare with a saved list; ask IAM nothing")
        ->type_name("FILE");
    sub.add_flag("--show-unmanaged", command->show_unmanaged, "List what is not ours, one a line");
  }

  static void take_files(const std::vector<std::string>& texts, std::vector<OutputFile>& files) {
    for (const std::string& text : texts) {
      const std::size_t equals = text.find('=');
      const auto form = kForms.find(text.substr(0, equals));
      if (equals == std::string::npos || form == kForms.end() || equals + 1 == text.size()) {
        throw CLI::ValidationError("--out " + text, "is not text|json|markdown=FILE");
      }
      files.push_back({form->second, text.substr(equals + 1)});
    }
  }

  void add_apply() {
    const auto command = std::make_shared<ApplyCommand>();
    CLI::App& sub = add("apply", "Plan, show, ask, and make IAM equal to the manifests", command);
    add_desired(sub);
    sub.add_flag("--yes,-y", command->yes, "Do not ask; rails still hold");
    sub.add_option("--plan-hash",
                   command->plan_hashes,
                   "Apply only a plan of this hash, held actions included (one an account)")
        ->type_name("HASH");
    add_choice(sub, "--output", command->output, kListForms, "Form of standard output");
  }

  void add_run() {
    const auto command = std::make_shared<RunCommand>();
    CLI::App& sub = add("run", "Keep IAM equal to the manifests, until stopped", command);
    add_desired(sub);
    sub.add_flag("--once", command->once, "One cycle of each account, then exit");
    sub.add_flag("--dry-run", command->dry_run, "Plan each cycle and write nothing");
  }

  void add_list() {
    const auto command = std::make_shared<ListCommand>();
    CLI::App& sub = add("list", "Show the authorizations that IAM has", command);
    add_account(sub);
    add_choice(sub, "--output", command->output, kListForms, "Form of standard output");
  }

  void add_export() {
    CLI::App& sub =
        add("export", "Write what IAM has as manifests", std::make_shared<ExportCommand>());
    add_account(sub);
    sub.add_option("--owner", common_.owner, "Without a configuration: whose policies are ours")
        ->type_name("NAME");
  }

  void add_schema() {
    const auto command = std::make_shared<SchemaCommand>();
    CLI::App& sub = add("schema", "Print the JSON Schema of a kind, for editors", command);
    sub.add_option("kind", command->kind, "Authorization (default) or Configuration")
        ->check(CLI::IsMember({"Authorization", "Configuration"}));
  }

  CLI::App app_{"Keeps IBM Cloud service-to-service authorizations equal to YAML manifests.",
                "authzd"};
  CommonOptions common_;
  std::function<AnyCommand()> command_;
};

}  // namespace

std::variant<Invocation, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  return Parser().parse(argc, argv);
}

}  // namespace authzd
