// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/copied_commands.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace authzd {
namespace {

std::string option(std::string_view name, std::string_view value) {
  return " " + std::string(name) + " " + shell_word(value);
}

std::string option_if(std::string_view name, const std::optional<std::string>& value) {
  return value ? option(name, *value) : std::string();
}

/// What every command takes that can be shown.
std::string common_part(const CommonOptions& options,
                        const std::vector<std::string>& accounts,
                        const std::vector<std::string>& selectors) {
  std::string text = option_if("--config", options.config);
  for (const std::string& labels : selectors) text += option("-l", labels);
  for (const std::string& account : accounts) text += option("--account", account);
  return options.implies_state ? text : text + option_if("--state", options.state);
}

/// What makes an apply plan as this call does, behind common_part().
std::string planning_part(const CommonOptions& options, const std::vector<std::string>& names) {
  std::string text =
      option_if("--manifests", options.manifests) + option_if("--owner", options.owner);
  // A plan without a mode shows what `sync` would do; an apply has to be told.
  if (options.mode) text += option("--mode", to_string(*options.mode));
  if (!options.mode && options.manifests) text += option("--mode", to_string(Mode::sync));
  if (options.adopt) text += option("--adopt", to_string(*options.adopt));
  if (options.allow_empty_account) text += " --allow-empty-account";
  if (options.local) text += " --local";
  for (const std::string& name : names) text += option("--name", name);
  return text;
}

}  // namespace

CopiedCommands copied_commands(const CommonOptions& options,
                               const std::vector<std::string>& names) {
  CopiedCommands commands;
  commands.approve_options = common_part(options, options.accounts, options.selectors);
  // It plans the whole revision of a configuration, whose holds have hashes of their own.
  commands.can_approve = !options.manifests && names.empty();
  const std::string planning = planning_part(options, names);
  commands.by_hash_options = commands.approve_options + planning;
  commands.one_account_options = common_part(options, {}, {}) + planning;
  return commands;
}

std::string by_hash_options_for(const CopiedCommands& commands, std::string_view account) {
  return option("--account", account) + commands.one_account_options;
}

CopiedCommands copied_commands(const CommonOptions& options, std::string command) {
  CopiedCommands commands;
  commands.by_hash = std::move(command);
  commands.approve_options = common_part(options, options.accounts, options.selectors);
  const std::string local = options.local ? " --local" : "";
  commands.by_hash_options = commands.approve_options + local;
  commands.one_account_options = common_part(options, {}, {}) + local;
  commands.can_approve = false;
  return commands;
}

}  // namespace authzd
