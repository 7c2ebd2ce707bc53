// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"
#include "reconciler/base/time.hpp"

namespace authzd {
namespace {

const std::map<std::string, LogLevel> kLevels{{"debug", LogLevel::debug},
                                              {"info", LogLevel::info},
                                              {"warning", LogLevel::warning},
                                              {"error", LogLevel::error}};
const std::map<std::string, OutputForm> kTextOrJson{{"text", OutputForm::text},
                                                    {"json", OutputForm::json}};

}  // namespace

void CommandLine::add_config(CLI::App& sub) {
  sub.add_option("--config",
                 common.config,
                 "Configuration (default " + std::string(kDefaultConfig) + ", if it exists)")
      ->type_name("FILE");
  add_choice<LogLevel>(
      sub, "--log-level", common.log_level, kLevels, "What goes to standard error");
  sub.add_flag("--log-json", common.log_json, "JSON lines, on a terminal and in the journal too");
  sub.add_flag("-q,--quiet", common.is_quiet, "On a terminal too, do not show what is waited for");
}

void CommandLine::add_selector(CLI::App& sub) {
  sub.add_option("-l,--selector",
                 common.selectors,
                 "Only accounts with these labels: env=prod,ring!=canary (repeatable)")
      ->type_name("LABELS")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void CommandLine::add_account(CLI::App& sub) {
  add_config(sub);
  add_selector(sub);
  sub.add_option("--account",
                 common.accounts,
                 "Account: a name or id of the configuration (repeatable), or, without one, the id")
      ->type_name("ID")
      ->expected(1)
      ->allow_extra_args(false)  // the next word is not another account
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void CommandLine::add_named_account(CLI::App& sub) {
  add_config(sub);
  add_selector(sub);
  sub.add_option("account,--account",
                 common.accounts,
                 "Accounts: names or ids of the configuration (default: all of them)")
      ->type_name("ACCOUNT");
}

void CommandLine::add_local(CLI::App& sub) {
  add_state(sub);
  sub.add_flag(
      "--local", common.local, "Stand alone, with the own identity, even where a daemon runs");
}

void CommandLine::add_state(CLI::App& sub) {
  sub.add_option("--state",
                 common.state,
                 "Stand alone and remember in this file; no daemon may hold it meanwhile")
      ->type_name("FILE");
}

void add_duration(CLI::App& sub,
                  const std::string& flag,
                  std::chrono::milliseconds& target,
                  const std::string& help) {
  sub.add_option_function<std::string>(
         flag,
         [&target, flag](const std::string& text) {
           const auto duration = parse_duration(text);
           if (!duration)
             throw CLI::ValidationError(
                 flag, "\"" + printable(text) + "\" is not a duration such as 90s or 5m");
           target = *duration;
         },
         help)
      ->type_name("DURATION");
}

void add_text_or_json(CLI::App& sub, OutputForm& form) {
  add_choice(sub, "-o,--output", form, kTextOrJson, "Form of standard output");
}

}  // namespace authzd
