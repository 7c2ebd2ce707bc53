// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// YamlCursor and YamlMap: typed access to the tree. The parser is in yaml_cursor.cpp.
#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/manifest/yaml_text.hpp"
#include "reconciler/manifest/yaml_values.hpp"

#include <algorithm>
#include <charconv>

namespace authzd {
namespace {

constexpr std::size_t kMaxShown = 60;  // displayed characters of a value

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
}

}  // namespace

std::string quoted(std::string_view raw) {
  const std::string text = without_secrets(raw);
  if (count_characters(std::string_view(text).substr(0, 4 * kMaxShown)) <= kMaxShown &&
      text.size() <= 4 * kMaxShown) {
    return "\"" + printable(text) + "\"";
  }
  std::size_t end = 0;
  for (std::size_t n = 0; end < text.size() && n <= kMaxShown; ++end) {
    n += (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U ? 1U : 0U;
  }
  return "\"" + printable(std::string_view(text).substr(0, end - 1)) + "...\"";
}

std::string suggest(std::string_view word, Keys known) {
  if (word.size() <= kMaxShown) {
    if (const auto meant = did_you_mean(word, known)) return "did you mean \"" + *meant + "\"?";
  }
  std::string hint = "known here:";
  for (const std::string_view key : known) {
    hint += (key == known.front() ? " " : ", ") + std::string(key);
  }
  return hint;
}

YamlCursor::YamlCursor(const YamlFile& file, std::uint32_t index)
    : file_(&file), index_(index), place_(index) {
  if (node().kind == YamlKind::alias) index_ = node().target;
}

SourcePos YamlCursor::position() const {
  return {file_->name_, place().line, place().column};
}

std::string YamlCursor::what() const {
  switch (node().kind) {
    case YamlKind::nothing: return "nothing";
    case YamlKind::list: return "a list";
    case YamlKind::map: return "a mapping";
    case YamlKind::plain:
      if (plain_type(node().text) == PlainType::number)
        return "the number " + printable(node().text);
      if (plain_type(node().text) == PlainType::boolean) return "the boolean " + node().text;
      return quoted(node().text);
    case YamlKind::quoted:
    case YamlKind::alias: break;
  }
  return quoted(node().text);
}

void YamlCursor::error(std::string message, std::string hint) const {
  file_->report(Severity::error, place(), std::move(message), std::move(hint));
}

void YamlCursor::error_unshown(std::string message, std::string hint) const {
  file_->report_unshown(place(), std::move(message), std::move(hint));
}

void YamlCursor::warning(std::string message, std::string hint) const {
  file_->report(Severity::warning, place(), std::move(message), std::move(hint));
}

void YamlCursor::expected(std::string_view type, std::string hint) const {
  error("expected " + std::string(type) + ", got " + what(), std::move(hint));
}

std::optional<std::string> YamlCursor::text() const {
  const YamlNode& value = node();
  if (value.kind == YamlKind::plain) {
    const PlainType type = plain_type(value.text);
    if (type == PlainType::text) return value.text;
    std::string got = what();
    if (type == PlainType::old_boolean) got = value.text + ", which some tools read as a boolean";
    error("expected text, got " + got, "put it in quotes: \"" + printable(value.text) + "\"");
    return std::nullopt;
  }
  if (value.kind != YamlKind::quoted) {
    expected("text");
    return std::nullopt;
  }
  const auto control = std::find_if(value.text.begin(), value.text.end(), is_control);
  if (control != value.text.end()) {
    error("control character " + printable(std::string_view(&*control, 1)) + " in a text");
    return std::nullopt;
  }
  return value.text;
}

std::optional<std::string> YamlCursor::id_text() const {
  const YamlNode& value = node();
  if (value.kind == YamlKind::plain && plain_type(value.text) == PlainType::number) {
    return value.text;
  }
  return text();
}

std::optional<bool> YamlCursor::boolean() const {
  const YamlNode& value = node();
  if (value.kind == YamlKind::plain && plain_type(value.text) == PlainType::boolean) {
    return value.text[0] == 't' || value.text[0] == 'T';
  }
  const bool in_quotes = value.kind == YamlKind::quoted;
  const bool is_word = value.text == "true" || value.text == "false";
  expected("true or false", in_quotes && is_word ? "take the quotes off" : "");
  return std::nullopt;
}

std::optional<std::uint64_t> YamlCursor::integer(std::uint64_t least, std::uint64_t most) const {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  const std::string& digits = node().text;
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, failed] = std::from_chars(digits.data(), end, value);
  const bool is_number = node().kind == YamlKind::plain && !digits.empty() && stop == end;
  if (!is_number || failed != std::errc{}) {
    expected("a whole number from " + range);
    return std::nullopt;
  }
  if (value < least || value > most) {
    error(digits + " is out of range", "from " + range);
    return std::nullopt;
  }
  return value;
}

std::optional<std::vector<YamlCursor>> YamlCursor::list(std::string_view hint) const {
  if (!is_list()) {
    expected("a list", std::string(hint));
    return std::nullopt;
  }
  std::vector<YamlCursor> items;
  const auto& nodes = file_->tree_.nodes;
  for (std::uint32_t i = node().first_child; i != YamlNode::kNone; i = nodes[i].next) {
    items.push_back(YamlCursor(*file_, i));
  }
  return items;
}

std::vector<std::string> YamlCursor::texts() const {
  std::vector<std::string> values;
  const auto items = list();
  if (!items) return values;
  for (const YamlCursor& item : *items) {
    if (auto value = item.text()) values.push_back(std::move(*value));
  }
  return values;
}

std::vector<std::pair<YamlCursor, YamlCursor>> YamlCursor::entries() const {
  std::vector<std::pair<YamlCursor, YamlCursor>> pairs;
  if (!is_map()) return pairs;
  const auto& nodes = file_->tree_.nodes;
  std::uint32_t i = node().first_child;
  while (i != YamlNode::kNone && nodes[i].next != YamlNode::kNone) {
    const std::uint32_t value = nodes[i].next;
    pairs.emplace_back(YamlCursor(*file_, i), YamlCursor(*file_, value));
    i = nodes[value].next;
  }
  return pairs;
}

}  // namespace authzd
