// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// YamlCursor: typed access to the tree. What parameters do to it is in yaml_params.cpp.

#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/param_scope.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/manifest/yaml_text.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>

namespace authzd {
namespace {

// The type of a plain scalar. YAML 1.2's core schema decides. What only YAML 1.1 reads as a boolean
// or a number is distinguished, so that a manifest means the same to every tool.
enum class PlainType {
  text,
  boolean,      // true, false
  number,       // 5, 1.0, 0x1F, .inf
  old_boolean,  // yes, no, on, off, y, n
  old_number,   // 1_000, 0b11, 12:30:45
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

bool is_prefixed_integer(std::string_view text) {
  const bool hex = text.starts_with("0x");
  if (!hex && !text.starts_with("0o")) return false;
  return text.size() > 2 &&
         text.find_first_not_of(hex ? "0123456789abcdefABCDEF" : "01234567", 2) == text.npos;
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const std::size_t whole = skip_digits(text, at);
  std::size_t digits = whole - at;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = skip_digits(text, at + 1);
    digits += fraction - at - 1;
    at = fraction;
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t exponent = skip_digits(text, at);
    if (exponent == at) return false;
    at = exponent;
  }
  return at == text.size();
}

bool is_special_float(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return is_one_of(text, {".inf", ".Inf", ".INF"});
}

/// 12:30:45 is 45045 to YAML 1.1.
bool is_sexagesimal(std::string_view text) {
  constexpr std::size_t kGroup = 2;  // digits
  std::size_t at = skip_digits(text, 0);
  if (at == 0 || at == text.size() || text[at] != ':') return false;
  while (at < text.size() && text[at] == ':') {
    const std::size_t end = skip_digits(text, at + 1);
    if (end == at + 1 || end > at + 1 + kGroup) return false;
    at = end;
  }
  if (at < text.size() && text[at] == '.') at = skip_digits(text, at + 1);
  return at == text.size();
}

bool is_old_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return false;
  std::string digits(text);
  std::erase(digits, '_');
  const bool is_binary = digits.starts_with("0b") && digits.size() > 2 &&
                         digits.find_first_not_of("01", 2) == digits.npos;
  return is_binary || is_sexagesimal(digits) || is_decimal(digits) || is_prefixed_integer(digits);
}

/// A number that every tool reads as these very digits.
bool is_plain_number(std::string_view text) {
  return !text.empty() && skip_digits(text, 0) == text.size() &&
         (text.size() == 1 || text.front() != '0');
}

PlainType plain_type(std::string_view text) {
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"}))
    return PlainType::boolean;
  if (is_one_of(text,
                {"yes",
                 "Yes",
                 "YES",
                 "no",
                 "No",
                 "NO",
                 "on",
                 "On",
                 "ON",
                 "off",
                 "Off",
                 "OFF",
                 "y",
                 "Y",
                 "n",
                 "N"})) {
    return PlainType::old_boolean;
  }
  const bool number = is_decimal(text) || is_prefixed_integer(text) || is_special_float(text);
  if (number) return PlainType::number;
  return is_old_number(text) ? PlainType::old_number : PlainType::text;
}

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

YamlCursor::YamlCursor(const YamlFile& file, std::uint32_t index, ParamScope* params)
    : file_(&file), index_(index), place_(index), params_(params) {
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

Diagnostic YamlCursor::diagnostic(Severity severity, std::string message, std::string hint) const {
  return file_->diagnose(severity, place(), std::move(message), std::move(hint));
}

void YamlCursor::error(std::string message, std::string hint) const {
  report(Severity::error, std::move(message), std::move(hint));
}

void YamlCursor::error_unshown(std::string message, std::string hint) const {
  file_->report_unshown(place(), std::move(message), std::move(hint));
}

void YamlCursor::warning(std::string message, std::string hint) const {
  report(Severity::warning, std::move(message), std::move(hint));
}

void YamlCursor::expected(std::string_view type, std::string hint) const {
  error("expected " + std::string(type) + ", got " + what(), std::move(hint));
}

std::optional<std::string> YamlCursor::text() const {
  const YamlNode& value = node();
  if (value.kind == YamlKind::plain) {
    const PlainType type = plain_type(value.text);
    if (type == PlainType::text) return checked_text();
    std::string got = what();
    if (type == PlainType::old_boolean) got = value.text + ", which some tools read as a boolean";
    if (type == PlainType::old_number) {
      got = printable(value.text) + ", which some tools read as a number";
    }
    error("expected text, got " + got, "put it in quotes: \"" + printable(value.text) + "\"");
    return std::nullopt;
  }
  if (value.kind != YamlKind::quoted) {
    expected("text");
    return std::nullopt;
  }
  return checked_text();
}

std::optional<std::string> YamlCursor::checked_text() const {
  const ExpandedText* expanded = this->expanded();
  if (expanded != nullptr && !expanded->faults.empty()) {
    report_faults(*expanded);
    return std::nullopt;
  }
  const std::string& text = expanded == nullptr ? node().text : expanded->text;
  const auto control = std::ranges::find_if(text, is_control);
  if (control != text.end()) {
    error("control character " + printable(std::string_view(&*control, 1)) + " in a text");
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> YamlCursor::id_text() const {
  const YamlNode& value = node();
  constexpr std::size_t kHexDigits = 32;  // of an account or a resource group
  const bool is_number =
      value.kind == YamlKind::plain && plain_type(value.text) == PlainType::number;
  if (is_number && (is_plain_number(value.text) || value.text.size() == kHexDigits)) {
    return value.text;
  }
  return text();
}

std::optional<bool> YamlCursor::boolean() const {
  if (const ExpandedText* expanded = this->expanded()) return boolean_of(*expanded);
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
  const auto& nodes = file_->tree_->nodes;
  for (std::uint32_t i = node().first_child; i != YamlNode::kNone; i = nodes[i].next) {
    items.push_back(YamlCursor(*file_, i, params_));
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
  const auto& nodes = file_->tree_->nodes;
  std::uint32_t i = node().first_child;
  while (i != YamlNode::kNone && nodes[i].next != YamlNode::kNone) {
    const std::uint32_t value = nodes[i].next;
    pairs.emplace_back(YamlCursor(*file_, i), YamlCursor(*file_, value, params_));
    i = nodes[value].next;
  }
  return pairs;
}

}  // namespace authzd
