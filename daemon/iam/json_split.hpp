// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Takes JSON apart into the text of its parts, without reading what they say. So one policy that no
// parser takes (a number of 400 digits, half a surrogate pair, 200,000 brackets) is a fault of that
// policy and not of the list that it is in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct SplitDocument {
  std::vector<std::string_view> elements;  // of the array, each as it is written
  std::string rest;                        // the document, with that array empty
};

/// Takes the elements of the member `array` out of an object. Without such a member, or where it is
/// no array, there are no elements and `rest` is the document as it was. Nothing where brackets or
/// quotes do not match, or where the member is there twice: then no part can be told from another.
/// What lies between the brackets is for the parser of each part to judge.
std::optional<SplitDocument> split_array(std::string_view document, std::string_view array);

/// The text of a member of an object; nothing where it is missing, repeated, or cannot be told.
std::optional<std::string_view> find_text_of(std::string_view object, std::string_view member);

}  // namespace authzd
