// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/json_reader.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

namespace authzd {

std::optional<Json> parse_json(std::string_view text) {
  // Not with a parser callback: with one it examines, at the end of each object, all earlier ones
  // in the same list.
  if (is_nested_deeper(text, kMaxJsonDepth)) return std::nullopt;
  Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

const Json* find_member(const Json& json, std::string_view name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return nullptr;
  return &*found;
}

std::string text_or_empty(const Json& json, std::string_view name) {
  const Json* value = find_member(json, name);
  if (value == nullptr || !value->is_string()) return {};
  return *value->get_ptr<const std::string*>();
}

std::optional<std::int64_t> whole_number(const Json& json, std::string_view name) {
  const Json* value = find_member(json, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  const auto* big = value->get_ptr<const std::uint64_t*>();
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (big != nullptr && *big > kMost) return std::nullopt;
  return *value->get_ptr<const std::int64_t*>();
}

Error Fault::error(std::string_view subject) const {
  return Error{ErrorCode::bad_response, std::string(subject) + " " + what_};
}

std::string read_text(const Json& json, std::string_view name, Fault& fault) {
  const Json* value = find_member(json, name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    fault.add("has a member '" + std::string(name) + "' that is not text");
    return {};
  }
  return *value->get_ptr<const std::string*>();
}

std::string require_text(const Json& json, std::string_view name, Fault& fault) {
  std::string text = read_text(json, name, fault);
  if (text.empty()) fault.add("has no '" + std::string(name) + "'");
  return text;
}

const Json::array_t* read_array(const Json& json, std::string_view name, Fault& fault) {
  const Json* value = find_member(json, name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) fault.add("has a member '" + std::string(name) + "' that is not a list");
  return value->get_ptr<const Json::array_t*>();
}

bool is_blank(const Json& json) {
  const auto* text = json.get_ptr<const std::string*>();
  return text == nullptr ? json.empty() : text->empty();
}

std::string canonical_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

namespace {

/// A few characters to search at once: std::string_view tries each of them at each position.
class Characters {
 public:
  constexpr explicit Characters(std::string_view all) {
    for (const char c : all) is_one_[static_cast<unsigned char>(c)] = true;
  }

  /// The first of them at or after `at`; the text's size if there is none.
  [[nodiscard]] std::size_t find(std::string_view text, std::size_t at) const {
    while (at < text.size() && !is_one_[static_cast<unsigned char>(text[at])]) ++at;
    return std::min(at, text.size());
  }

 private:
  std::array<bool, 256> is_one_ = {};
};

constexpr Characters kEndOfWord(",]} \t\r\n");
constexpr Characters kEndOfText("\"\\");
constexpr Characters kBrackets("\"{}[]");

/// Scans JSON text; if something does not match, it stops there and `failed()`.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::size_t at() const { return at_; }

  /// The next character that is not white space; 0 at the end.
  char peek() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char wanted) {
    if (failed_ || peek() != wanted) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) { failed_ = !take(wanted); }

  /// A value, unchanged.
  std::string_view value() {
    const char first = peek();
    const std::size_t begin = at_;
    if (first == '"') {
      string();
    } else if (first == '{' || first == '[') {
      brackets();
    } else {
      at_ = kEndOfWord.find(text_, at_);
    }
    if (at_ == begin) failed_ = true;
    return text_.substr(begin, at_ - begin);
  }

 private:
  void string() {
    ++at_;
    for (;;) {
      at_ = kEndOfText.find(text_, at_);
      if (at_ == text_.size()) break;
      if (text_[at_] == '"') {
        ++at_;
        return;
      }
      at_ += 2;
    }
    at_ = text_.size();
    failed_ = true;
  }

  /// Without recursion: the depth is not ours to choose.
  void brackets() {
    std::string closers;
    while (!failed_ && at_ < text_.size()) {
      at_ = kBrackets.find(text_, at_);
      if (at_ == text_.size()) break;
      const char c = text_[at_];
      if (c == '"') {
        string();
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') {
        closers += c == '{' ? '}' : ']';
        continue;
      }
      failed_ = closers.back() != c;
      closers.pop_back();
      if (closers.empty()) return;
    }
    failed_ = true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

/// The text of a member, quotes included, and of its value.
using Member = std::pair<std::string_view, std::string_view>;

std::optional<std::vector<Member>> members_of(std::string_view object) {
  Scanner scanner(object);
  std::vector<Member> members;
  scanner.expect('{');
  bool more = !scanner.take('}');
  while (more && !scanner.failed()) {
    const auto name = scanner.value();
    scanner.expect(':');
    const auto value = scanner.value();
    members.emplace_back(name, value);
    more = scanner.take(',');
    if (!more) scanner.expect('}');
  }
  if (scanner.failed() || scanner.peek() != '\0') return std::nullopt;
  return members;
}

std::optional<std::vector<std::string_view>> elements_of(std::string_view array) {
  Scanner scanner(array);
  std::vector<std::string_view> elements;
  scanner.expect('[');
  bool more = !scanner.take(']');
  while (more && !scanner.failed()) {
    elements.push_back(scanner.value());
    more = scanner.take(',');
    if (!more) scanner.expect(']');
  }
  if (scanner.failed()) return std::nullopt;
  return elements;
}

std::string quoted(std::string_view name) {
  return '"' + std::string(name) + '"';
}

}  // namespace

std::optional<SplitDocument> split_array(std::string_view document, std::string_view array) {
  const auto members = members_of(document);
  if (!members) return std::nullopt;
  const std::string name = quoted(array);
  const auto found = std::ranges::find(*members, name, &Member::first);
  if (std::ranges::count(*members, name, &Member::first) > 1) return std::nullopt;
  if (found == members->end() || !found->second.starts_with('[')) {
    return SplitDocument{{}, std::string(document)};
  }
  auto elements = elements_of(found->second);
  if (!elements) return std::nullopt;
  const auto begin = static_cast<std::size_t>(found->second.data() - document.data());
  SplitDocument split{std::move(*elements), std::string(document.substr(0, begin))};
  split.rest.append("[]").append(document.substr(begin + found->second.size()));
  return split;
}

std::optional<std::string_view> find_text_of(std::string_view object, std::string_view member) {
  const auto members = members_of(object);
  if (!members) return std::nullopt;
  const std::string name = quoted(member);
  const auto found = std::ranges::find(*members, name, &Member::first);
  if (std::ranges::count(*members, name, &Member::first) != 1) return std::nullopt;
  return found->second;
}

}  // namespace authzd
