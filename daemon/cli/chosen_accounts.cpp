// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/chosen_accounts.hpp"

#include "daemon/cli/failure.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace authzd {

bool is_called(const AccountSpec& spec, const std::string& name) {
  return name == spec.name || to_lower(name) == spec.id.value;
}

bool is_meant(const AccountSpec& spec,
              std::span<const std::string> names,
              const LabelSelector& selector) {
  const auto is_it = [&spec](const std::string& name) { return is_called(spec, name); };
  return fits(selector, spec.labels) && (names.empty() || std::ranges::any_of(names, is_it));
}

namespace {

tl::unexpected<SetupFailure> not_chosen(std::string message) {
  return tl::unexpected(SetupFailure{ExitCode::usage, std::move(message), {}});
}

std::string names_of(const Setup& setup) {
  constexpr std::size_t kMostNames = 50;
  std::vector<std::string> names;
  for (const AccountSetup& account : setup.accounts) {
    if (names.size() < kMostNames) names.push_back(account.spec.name);
  }
  const std::size_t others = setup.accounts.size() - names.size();
  return printable(join(names, ", ")) +
         (others == 0 ? "" : " and " + std::to_string(others) + " more");
}

/// The first name that no account has.
std::optional<std::string> unknown_name(const Setup& setup, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const bool is_known = std::ranges::any_of(
        setup.accounts, [&name](const auto& account) { return is_called(account.spec, name); });
    if (!is_known) return name;
  }
  return std::nullopt;
}

}  // namespace

tl::expected<void, SetupFailure> choose_accounts(Setup& setup,
                                                 const CommonOptions& options,
                                                 const SetupNeeds& needs) {
  const auto selector = parse_label_selectors(options.selectors);
  if (!selector) return not_chosen(selector.error().message);
  if (const auto name = unknown_name(setup, options.accounts)) {
    return not_chosen("the configuration has no account " + shown_name(*name) +
                      " (--account); it has " + names_of(setup));
  }
  std::erase_if(setup.accounts, [&](const AccountSetup& account) {
    return !is_meant(account.spec, options.accounts, *selector);
  });
  if (setup.accounts.empty() && !selector->empty()) {
    return not_chosen(no_account_with(options.selectors));
  }
  if (!needs.mode || options.mode.value_or(Mode::observe) == Mode::observe) return {};
  const auto beyond = std::ranges::find(setup.accounts, Mode::observe, &AccountSetup::bound);
  if (beyond == setup.accounts.end()) return {};
  return not_chosen("account " + printable(beyond->spec.name) +
                    " is in mode observe by the configuration, and --mode lets no call write "
                    "there: change its mode in the configuration");
}

std::string no_account_with(std::span<const std::string> selectors) {
  return "no account has the labels " + printable(join(selectors, ",")) +
         " (-l); 'authzd accounts' shows the labels of each";
}

}  // namespace authzd
