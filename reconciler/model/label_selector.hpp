// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A selector of accounts by their labels, as `-l` takes it: "env=prod,ring!=canary".
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/account_traits.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class LabelRule {
  equals,   // key=value, key==value
  differs,  // key!=value; an account without the label differs, too
  exists,   // key
  absent,   // !key
};

struct LabelTerm {
  std::string key;
  LabelRule rule = LabelRule::equals;
  std::string value = {};

  bool operator==(const LabelTerm&) const = default;
};

using LabelSelector = std::vector<LabelTerm>;  // all of them must fit

/// Errors: invalid_config, with what a selector may be.
Result<LabelSelector> parse_label_selector(std::string_view text);

/// Of several selectors, which must all fit.
Result<LabelSelector> parse_label_selectors(std::span<const std::string> texts);

/// An empty selector fits every account.
bool fits(const LabelSelector& selector, const AccountTraits::Texts& labels);

/// "env=prod,team=storage"; empty without labels.
std::string labels_text(const AccountTraits::Texts& labels);

}  // namespace authzd
