// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/yaml_cursor.hpp"

#include <algorithm>
#include <set>

namespace authzd {

namespace {

std::string hint_for(std::string_view word, Keys known, std::span<const KeyHint> hints) {
  for (const KeyHint& hint : hints) {
    if (hint.key == word) return std::string(hint.hint);
  }
  return suggest(word, known);
}

}  // namespace

YamlMap::YamlMap(YamlCursor node, Keys known, std::string_view name, std::span<const KeyHint> hints)
    : node_(node), name_(name) {
  if (!node.is_map()) {
    node.expected("a mapping (" + name_ + ")");
    return;
  }
  std::set<std::string_view> seen;
  for (const auto& [key, value] : node.entries()) {
    const YamlNode& raw = key.node();
    const bool is_scalar = raw.kind == YamlKind::plain || raw.kind == YamlKind::quoted;
    if (is_scalar && !seen.insert(raw.text).second) {
      key.error("key " + quoted(raw.text) + " is given twice in " + name_,
                "keep one of them; two would be read differently by different tools");
    } else {
      add(key, value, known, hints);
    }
  }
}

void YamlMap::add(const YamlCursor& key,
                  const YamlCursor& value,
                  Keys known,
                  std::span<const KeyHint> hints) {
  const std::string_view word = key.node().text;
  const auto found = std::find(known.begin(), known.end(), word);
  if (found != known.end()) {
    fields_.push_back({*found, key, value});
  } else if (key.is_map() || key.is_list() || key.is_nothing()) {
    key.error("expected a key, got " + key.what());
  } else {
    key.error("unknown key " + quoted(word) + " in " + name_, hint_for(word, known, hints));
  }
}

const YamlMap::Field* YamlMap::field(std::string_view key) const {
  const auto found = std::find_if(
      fields_.begin(), fields_.end(), [key](const Field& field) { return field.key == key; });
  return found == fields_.end() ? nullptr : &*found;
}

bool YamlMap::has(std::string_view key) const {
  return field(key) != nullptr;
}

std::optional<YamlCursor> YamlMap::key_node(std::string_view key) const {
  const Field* found = field(key);
  if (found == nullptr) return std::nullopt;
  return found->key_node;
}

std::optional<YamlCursor> YamlMap::find(std::string_view key) const {
  const Field* found = field(key);
  if (found == nullptr) return std::nullopt;
  if (found->value.is_nothing()) {
    found->key_node.error("key " + quoted(key) + " has no value",
                          "give it one, or take the key out");
    return std::nullopt;
  }
  return found->value;
}

std::optional<YamlCursor> YamlMap::peek(std::string_view key) const {
  const Field* found = field(key);
  if (found == nullptr || found->value.is_nothing()) return std::nullopt;
  return found->value;
}

std::optional<YamlCursor> YamlMap::require(std::string_view key, std::string hint) const {
  if (node_.is_map() && !has(key)) {
    node_.error("missing key " + quoted(key) + " in " + name_, std::move(hint));
  }
  return find(key);
}

void YamlMap::read(std::string_view key, std::string& out) const {
  const auto value = find(key);
  if (!value) return;
  if (auto text = value->text()) out = std::move(*text);
}

void YamlMap::read(std::string_view key, bool& out) const {
  const auto value = find(key);
  if (!value) return;
  if (const auto flag = value->boolean()) out = *flag;
}

void YamlMap::read(std::string_view key,
                   std::size_t& out,
                   std::size_t least,
                   std::size_t most) const {
  const auto value = find(key);
  if (!value) return;
  if (const auto number = value->integer(least, most)) out = *number;
}

}  // namespace authzd
