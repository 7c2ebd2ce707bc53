// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rollout/waves.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/label_selector.hpp"

#include <algorithm>

namespace authzd {
namespace {

bool fits_wave(const Wave& wave, const AccountTraits::Texts& labels) {
  return std::ranges::all_of(wave.match, [&labels](const auto& wanted) {
    const auto found = labels.find(wanted.first);
    return found != labels.end() && found->second == wanted.second;
  });
}

}  // namespace

std::string_view to_string(Trouble trouble) {
  switch (trouble) {
    case Trouble::held: return "held";
    case Trouble::stalled: return "stalled";
    case Trouble::failed: return "failed";
  }
  return "";
}

std::size_t WaveLimit::of(std::size_t accounts) const {
  const std::size_t limit = is_percent ? (accounts * number + 99) / 100 : number;
  return std::max<std::size_t>(limit, 1);
}

std::string to_string(const WaveLimit& limit) {
  return std::to_string(limit.number) + (limit.is_percent ? "%" : "");
}

std::size_t wave_of(const RolloutRules& rules, const AccountTraits::Texts& labels) {
  const auto found = std::ranges::find_if(
      rules.waves, [&labels](const Wave& wave) { return fits_wave(wave, labels); });
  return static_cast<std::size_t>(found - rules.waves.begin());
}

std::string wave_text(const RolloutRules& rules, std::size_t wave) {
  if (wave >= rules.waves.size()) return "the last wave";
  const std::string& name = rules.waves[wave].name;
  return "wave " + std::to_string(wave + 1) + (name.empty() ? "" : " (" + printable(name) + ")");
}

std::string rules_text(const RolloutRules& rules) {
  std::string text;
  for (const Wave& wave : rules.waves) {
    append_part(text, wave.name);
    append_part(text, labels_text(wave.match));
    append_part(text, std::to_string(wave.after.count()));
    append_part(text, wave.max ? to_string(*wave.max) : "");
  }
  return text;
}

}  // namespace authzd
