// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `rollout`: the waves by which a revision reaches the accounts.
#include "daemon/config/config_keys.hpp"
#include "daemon/config/config_reader.hpp"
#include "daemon/config/config_sections.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/value_checks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace authzd {
namespace {

constexpr std::size_t kMostAtOnce = 100'000;

/// "25%", or a number of accounts.
std::optional<WaveLimit> parse_limit(std::string_view text) {
  WaveLimit limit;
  limit.is_percent = text.ends_with('%');
  if (limit.is_percent) text.remove_suffix(1);
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, limit.number);
  const std::size_t most = limit.is_percent ? 100 : kMostAtOnce;
  const bool is_usable =
      failed == std::errc{} && stop == end && limit.number > 0 && limit.number <= most;
  return is_usable ? std::optional(limit) : std::nullopt;
}

void decode_max(const YamlCursor& node, Wave& wave) {
  wave.max = node.is_list() || node.is_map() ? std::nullopt : parse_limit(node.raw_text());
  if (wave.max) return;
  node.error("expected how many accounts of the wave may be on their way, got " + node.what(),
             "write 25% or a number, at least 1");
}

void decode_wave(const ConfigMap& map, std::set<std::string>& names, RolloutRules& out) {
  Wave wave;
  if (const auto name = map.find("name")) {
    const auto text = name->text();
    if (text && check_name(*name, *text, "wave name") && !names.insert(*text).second) {
      name->error("wave name " + quoted(*text) + " is given twice");
    }
    if (text) wave.name = *text;
  }
  if (const auto match = map.require("match", "write match: {ring: canary}")) {
    decode_labels(*match, wave.match);
    if (match->is_map() && match->entries().empty()) {
      match->error("this wave has all accounts that no earlier one has",
                   "leave it out: accounts that fit no wave come last");
    }
  }
  map.read_duration("after", wave.after, Milliseconds{0});
  if (const auto max = map.find("max")) decode_max(*max, wave);
  if (out.waves.empty() && map.has("after")) {
    map.find("after")->error("the first wave comes after no other");
  }
  out.waves.push_back(std::move(wave));
}

void decode_stop_on(const YamlCursor& node, std::set<Trouble>& out) {
  const auto items = node.list("write stopOn: [held, stalled, failed]");
  if (!items) return;
  out.clear();
  constexpr std::array<std::string_view, 3> kWords{"held", "stalled", "failed"};
  for (const YamlCursor& item : *items) {
    const auto word = item.text();
    if (!word) continue;
    const auto* const found = std::ranges::find(kWords, *word);
    if (found == kWords.end()) {
      item.error("unknown value " + quoted(*word) + " of rollout.stopOn", suggest(*word, kWords));
    } else {
      out.insert(kTroubles.at(static_cast<std::size_t>(found - kWords.begin())));
    }
  }
}

}  // namespace

void decode_rollout(const YamlCursor& node,
                    const ConfigEnvironment& environment,
                    RolloutRules& out) {
  const ConfigMap map(node, config_keys::kRollout, "rollout", environment);
  if (const auto stop_on = map.find("stopOn")) decode_stop_on(*stop_on, out.stop_on);
  const auto waves = map.require("waves", "write waves: [{match: {ring: canary}}]");
  const auto items = waves ? waves->list("write waves: [{match: {ring: canary}}]") : std::nullopt;
  if (!items) return;
  if (items->empty()) waves->error("the list of waves is empty", "leave rollout out");
  if (items->size() > kMaxWaves) {
    waves->error("there are at most " + std::to_string(kMaxWaves) + " waves");
    return;
  }
  std::set<std::string> names;
  for (const YamlCursor& item : *items) {
    decode_wave(ConfigMap(item, config_keys::kWave, "a wave", environment), names, out);
  }
}

}  // namespace authzd
