// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/param_scope.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/yaml_tree.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace authzd {
namespace {

constexpr std::size_t kMaxListed = 20;

}  // namespace

const ExpandedText& ParamScope::expand(const YamlNode& scalar) {
  const auto [place, is_new] = texts_.try_emplace(&scalar);
  ExpandedText& expanded = place->second;
  if (!is_new) return expanded;
  expanded = expand_params(scalar.text, traits_, use_.room);
  use_.is_any =
      use_.is_any || !expanded.replaced.empty() || !expanded.faults.empty() || expanded.is_open;
  has_replaced_ = has_replaced_ || !expanded.replaced.empty();
  use_.is_full = use_.is_full || expanded.growth > use_.room;
  use_.room -= std::min(use_.room, expanded.growth);
  return expanded;
}

std::string ParamScope::hint_for(const std::string& name) const {
  if (traits_ == nullptr || traits_->params.empty()) {
    return "the account has no params: give it some in the configuration";
  }
  std::vector<std::string_view> names;
  for (const auto& [each, value] : traits_->params) names.push_back(each);
  if (const auto meant = did_you_mean(name, names)) return "did you mean \"" + *meant + "\"?";
  const bool is_cut = names.size() > kMaxListed;
  if (is_cut) names.resize(kMaxListed);
  std::string hint = "its params are:";
  for (const std::string_view each : names) {
    hint += (each == names.front() ? " " : ", ") + std::string(each);
  }
  return hint + (is_cut ? ", …" : "");
}

}  // namespace authzd
