// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Splits JSON into the text of its parts, without decoding them. So one policy that no parser
// accepts (a number of 400 digits, half a surrogate pair, 200,000 brackets) is a fault of that
// policy and not of its list.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct SplitDocument {
  std::vector<std::string_view> elements;  // of the array, each unchanged
  std::string rest;                        // the document, with that array empty
};

/// Takes the elements of the member `array` out of an object. Without such a member, or if it is
/// not an array, there are no elements and `rest` is the original document. Empty if brackets or
/// quotes do not match, or if the member exists twice: then the parts cannot be separated. What is
/// between the brackets is left to the parser of each part.
std::optional<SplitDocument> split_array(std::string_view document, std::string_view array);

/// The text of a member of an object; empty if it is missing, repeated, or cannot be found.
std::optional<std::string_view> find_text_of(std::string_view object, std::string_view member);

}  // namespace authzd
