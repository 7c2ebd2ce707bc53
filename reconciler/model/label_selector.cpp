// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/label_selector.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace authzd {
namespace {

std::optional<LabelTerm> parse_term(std::string_view text) {
  LabelTerm term;
  if (const auto equals = text.find('='); equals != std::string_view::npos) {
    std::string_view key = text.substr(0, equals);
    std::string_view value = text.substr(equals + 1);
    if (value.starts_with('=')) value.remove_prefix(1);
    if (key.ends_with('!')) {
      term.rule = LabelRule::differs;
      key.remove_suffix(1);
    }
    term.key = trim(key);
    term.value = trim(value);
  } else {
    const bool is_absent = text.starts_with('!');
    term.rule = is_absent ? LabelRule::absent : LabelRule::exists;
    term.key = trim(text.substr(is_absent ? 1 : 0));
  }
  if (!is_label_key(term.key) || !is_label_value(term.value)) return std::nullopt;
  return term;
}

bool fits_term(const LabelTerm& term, const AccountTraits::Texts& labels) {
  const auto found = labels.find(term.key);
  const bool is_there = found != labels.end();
  switch (term.rule) {
    case LabelRule::equals: return is_there && found->second == term.value;
    case LabelRule::differs: return !is_there || found->second != term.value;
    case LabelRule::exists: return is_there;
    case LabelRule::absent: break;
  }
  return !is_there;
}

}  // namespace

Result<LabelSelector> parse_label_selector(std::string_view text) {
  LabelSelector selector;
  while (true) {
    const std::size_t comma = text.find(',');
    auto term = parse_term(trim(text.substr(0, comma)));
    if (!term) {
      return Error{ErrorCode::invalid_config,
                   quote(text.substr(0, comma)) +
                       " is not a label: write key=value, key!=value, key or !key, and a comma "
                       "between several"};
    }
    selector.push_back(std::move(*term));
    if (comma == std::string_view::npos) return selector;
    text.remove_prefix(comma + 1);
  }
}

Result<LabelSelector> parse_label_selectors(std::span<const std::string> texts) {
  LabelSelector all;
  for (const std::string& text : texts) {
    auto selector = parse_label_selector(text);
    if (!selector) return selector;
    std::ranges::move(*selector, std::back_inserter(all));
  }
  return all;
}

bool fits(const LabelSelector& selector, const AccountTraits::Texts& labels) {
  return std::ranges::all_of(selector,
                             [&labels](const LabelTerm& term) { return fits_term(term, labels); });
}

std::string labels_text(const AccountTraits::Texts& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += (text.empty() ? "" : ",") + key + "=" + value;
  return text;
}

}  // namespace authzd
