// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// JSON taken apart without being read, compared with what a parser makes of the whole: the first
// line is the name of a member.
#include "daemon/iam/json_reader.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

/// What a parser reads in the parts is what it reads in the whole.
void check_array(const Json& whole, const SplitDocument& split, const std::string& name) {
  const auto rest = parse_json(split.rest);
  promise(rest && rest->is_object(), "what is left of JSON is JSON");
  if (split.elements.empty()) {
    promise(*rest == whole, "without the array the rest is the whole");
    return;
  }
  const Json* array = find_member(whole, name);
  promise(array != nullptr && array->is_array() && array->size() == split.elements.size(),
          "there are as many elements as in the array");
  for (std::size_t i = 0; i < split.elements.size(); ++i) {
    const auto element = parse_json(split.elements[i]);
    promise(element && *element == (*array)[i], "an element says what it says in the array");
  }
}

bool is_plain(std::string_view name) {
  return name.find_first_of("\"\\") == std::string_view::npos;
}

}  // namespace

void json_split(std::string_view input) {
  const std::string name(take_line(input));
  const auto split = split_array(input, name);
  const auto text = find_text_of(input, name);
  const auto whole = parse_json(input);
  if (!whole || !whole->is_object() || !is_plain(name)) return;
  if (split) check_array(*whole, *split, name);
  if (!text) return;
  const auto member = parse_json(*text);
  const auto found = whole->find(name);
  promise(member && found != whole->end() && *member == *found, "a member's text is its value's");
}

}  // namespace authzd::fuzz
