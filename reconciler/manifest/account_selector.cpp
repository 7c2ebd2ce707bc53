// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/account_selector.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 2> kSelectorKeys{"matchLabels", "names"};
constexpr std::string_view kSelectorHint =
    "write accounts: {matchLabels: {env: prod}}, or accounts: {names: [production]}";

/// Reported by the decoders of the maps around it, if it is not there.
std::optional<YamlCursor> selector_of(const YamlCursor& document) {
  std::optional<YamlCursor> selector;
  for (const auto& [key, metadata] : document.entries()) {
    if (key.raw_text() != "metadata") continue;
    for (const auto& [name, value] : metadata.entries()) {
      // Also an empty one, which must not mean every account: reading it is an error.
      if (name.raw_text() == "accounts") selector = value;
    }
  }
  return selector;
}

class SelectorReader {
 public:
  SelectorReader(const AccountId& account, const AccountTraits* traits)
      : account_(account), traits_(traits) {}

  Selection read(const YamlCursor& node);

 private:
  /// False: it has a problem.
  bool read_labels(const YamlCursor& node);
  bool read_names(const YamlCursor& node);
  void choose(bool is_chosen) { out_.is_chosen = is_chosen; }
  [[nodiscard]] bool has_label(const std::string& key, const std::string& value) const;

  const AccountId& account_;
  const AccountTraits* traits_;
  Selection out_{.has_selector = true, .is_chosen = false};
};

bool SelectorReader::has_label(const std::string& key, const std::string& value) const {
  if (traits_ == nullptr) return true;
  const auto found = traits_->labels.find(key);
  return found != traits_->labels.end() && found->second == value;
}

bool SelectorReader::read_labels(const YamlCursor& node) {
  if (!node.is_map() || node.entries().empty()) {
    node.error(node.is_map() ? "matchLabels has no label"
                             : "expected a mapping of labels, got " + node.what(),
               "write matchLabels: {env: prod}; without accounts every account is meant");
    return false;
  }
  bool is_good = true;
  bool is_met = true;
  std::vector<std::string> seen;
  for (const auto& [key, value] : node.entries()) {
    const auto name = key.text();
    const auto text = value.id_text();
    if (!name || !text) {
      is_good = false;
    } else if (!is_label_key(*name) || !is_label_value(*text)) {
      (is_label_key(*name) ? value : key)
          .error(quoted(is_label_key(*name) ? *text : *name) + " cannot be in a label",
                 "up to 63 letters, digits and \"-_./\", with a letter or digit at both ends");
      is_good = false;
    } else if (std::ranges::find(seen, *name) != seen.end()) {
      key.error("label " + quoted(*name) + " is given twice", "an account has one value of it");
      is_good = false;
    } else {
      is_met = is_met && has_label(*name, *text);
      seen.push_back(*name);
    }
  }
  choose(is_met);
  out_.uses.push_back({node.position(),
                       node.diagnostic(Severity::warning,
                                       "no account has these labels: nobody gets this document",
                                       "labels are given to accounts in the configuration; "
                                       "'authzd accounts' shows them"),
                       is_met});
  return is_good;
}

bool SelectorReader::read_names(const YamlCursor& node) {
  const auto items = node.list("write names: [production]");
  if (!items) return false;
  if (items->empty()) {
    node.error("the list of names is empty", "without accounts every account is meant");
    return false;
  }
  bool is_good = true;
  bool is_any = false;
  for (const YamlCursor& item : *items) {
    const auto name = item.id_text();
    if (!name) {
      is_good = false;
      continue;
    }
    const bool is_met =
        traits_ == nullptr || *name == traits_->name || to_lower(*name) == account_.value;
    is_any = is_any || is_met;
    out_.uses.push_back({item.position(),
                         item.diagnostic(Severity::warning,
                                         "no account is called " + quoted(*name),
                                         "names and ids are those of the configuration; "
                                         "'authzd accounts' shows them"),
                         is_met});
  }
  choose(is_any);
  return is_good;
}

Selection SelectorReader::read(const YamlCursor& node) {
  const YamlMap map(node, kSelectorKeys, "accounts");
  if (!node.is_map()) return std::move(out_);
  const auto labels = map.find("matchLabels");
  const auto names = map.find("names");
  if (map.has("matchLabels") == map.has("names")) {
    node.error(map.has("names") ? "matchLabels and names exclude each other"
                                : "accounts needs matchLabels or names",
               std::string(kSelectorHint));
    return std::move(out_);
  }
  const bool is_good = labels ? read_labels(*labels) : names && read_names(*names);
  if (!is_good) {
    choose(false);
    out_.uses.clear();
  }
  return std::move(out_);
}

}  // namespace

Selection select_account(const YamlCursor& document,
                         const AccountId& account,
                         const AccountTraits* traits) {
  const auto node = selector_of(document);
  return node ? SelectorReader(account, traits).read(*node) : Selection{};
}

Keys account_selector_keys() {
  return kSelectorKeys;
}

}  // namespace authzd
