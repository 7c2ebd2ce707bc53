// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/accounts_report.hpp"

#include "daemon/status/account_state.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/label_selector.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/manifest_yaml.hpp"
#include "reconciler/report/text_table.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using report::Json;

std::string shown_state(const AccountEntry& account) {
  if (!account.unreachable.empty()) return "Unreachable";
  return account.state.empty() ? "-" : account.state;
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

bool has_waves(std::span<const AccountEntry> accounts) {
  return std::ranges::any_of(accounts, [](const AccountEntry& each) { return !each.wave.empty(); });
}

std::string accounts_table(std::span<const AccountEntry> accounts,
                           bool is_wide,
                           std::size_t width = 0) {
  std::vector<std::vector<std::string>> rows{{"NAME", "ID", "LABELS", "FOUND", "MODE", "STATE"}};
  const bool shows_waves = has_waves(accounts);
  if (shows_waves) rows.front().emplace_back("WAVE");
  if (is_wide) rows.front().emplace_back("PARAMS");
  for (const AccountEntry& account : accounts) {
    rows.push_back({printable(account.traits.name),
                    printable(account.id.value),
                    or_dash(labels_text(account.traits.labels)),
                    std::string(to_string(account.origin)),
                    std::string(to_string(account.mode)),
                    shown_state(account)});
    if (shows_waves) rows.back().push_back(or_dash(account.wave));
    if (is_wide) rows.back().push_back(or_dash(labels_text(account.traits.params)));
  }
  const TableFit fit{.width = width, .cut = {0, 2}, .dropped = {3}};
  std::string text = text_table(std::move(rows), fit);
  for (const AccountEntry& account : accounts) {
    if (account.unreachable.empty()) continue;
    text += "Unreachable: " + printable(account.traits.name) + ": " +
            printable(account.unreachable) + "\n";
  }
  return text + count_of(accounts.size(), "account", "accounts") + ".\n";
}

Json texts_json(const AccountTraits::Texts& texts) {
  Json json = Json::object();
  for (const auto& [name, value] : texts) json[name] = value;
  return json;
}

std::string accounts_json(std::span<const AccountEntry> accounts) {
  Json json;
  json["formatVersion"] = 1;
  json["accounts"] = Json::array();
  for (const AccountEntry& account : accounts) {
    Json one;
    one["name"] = account.traits.name;
    one["id"] = account.id.value;
    one["labels"] = texts_json(account.traits.labels);
    one["params"] = texts_json(account.traits.params);
    one["found"] = to_string(account.origin);
    one["mode"] = to_string(account.mode);
    one["state"] = report::optional_text(account.state);
    one["wave"] = report::optional_text(account.wave);
    one["waits"] = report::optional_text(account.waits);
    one["unreachable"] = report::optional_text(account.unreachable);
    json["accounts"].push_back(std::move(one));
  }
  return report::dump(json, 2) + "\n";
}

void append_texts_yaml(std::string& yaml, std::string_view key, const AccountTraits::Texts& texts) {
  if (texts.empty()) return;
  yaml += "    " + std::string(key) + ":\n";
  for (const auto& [name, value] : texts) {
    yaml += "      " + yaml_string(name) + ": " + yaml_string(value) + "\n";
  }
}

std::string accounts_yaml(std::span<const AccountEntry> accounts) {
  if (accounts.empty()) return "accounts: []\n";
  std::string yaml = "accounts:\n";
  for (const AccountEntry& account : accounts) {
    yaml += "  - name: " + yaml_string(account.traits.name) +
            "\n    id: " + yaml_string(account.id.value) + "\n";
    append_texts_yaml(yaml, "labels", account.traits.labels);
    append_texts_yaml(yaml, "params", account.traits.params);
    yaml += "    found: " + std::string(to_string(account.origin)) +
            "\n    mode: " + std::string(to_string(account.mode)) + "\n";
    if (!account.state.empty()) yaml += "    state: " + account.state + "\n";
    if (!account.wave.empty()) yaml += "    wave: " + yaml_string(account.wave) + "\n";
    if (!account.waits.empty()) yaml += "    waits: " + yaml_string(account.waits) + "\n";
    if (!account.unreachable.empty()) {
      yaml += "    unreachable: " + yaml_string(account.unreachable) + "\n";
    }
  }
  return yaml;
}

}  // namespace

std::string_view state_word(const AccountStatus& status) {
  return to_string(state_of(status));
}

std::string accounts_report(std::span<const AccountEntry> accounts,
                            AccountsForm form,
                            std::size_t width) {
  switch (form) {
    case AccountsForm::text: break;
    case AccountsForm::wide: return accounts_table(accounts, true);
    case AccountsForm::json: return accounts_json(accounts);
    case AccountsForm::yaml: return accounts_yaml(accounts);
    case AccountsForm::name: {
      std::string names;
      for (const AccountEntry& account : accounts) names += printable(account.traits.name) + "\n";
      return names;
    }
  }
  return accounts_table(accounts, false, width);
}

}  // namespace authzd
