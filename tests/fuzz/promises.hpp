// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What fuzz targets are made of: promises that end the program where they do not hold, and inputs
// taken apart. An input stays a text that a person can write: choices are letters in front of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::fuzz {

/// Ends the program, saying what was promised, where it does not hold.
void promise(bool holds, std::string_view what);

/// That a person may be shown the text: no character of it is_unsafe() but '\n', and it is UTF-8.
void promise_showable(std::string_view text, std::string_view what);

/// That `shown` repeats nothing of `secret` that could be one: no eight letters and digits in a row
/// with both among them. What is shorter may be a word of the message.
void promise_secret(std::string_view shown, std::string_view secret);

/// The first line of `input`, without its end, taken off; all of it where there is no line end.
std::string_view take_line(std::string_view& input);

/// The first byte of `input`, taken off; 0 where there is none.
char take_byte(std::string_view& input);

/// `text` in pieces whose sizes are the bytes of `sizes`, again and again; one where it is empty.
std::vector<std::string_view> pieces(std::string_view text, std::string_view sizes);

/// Parts of `text` between bytes `border`; at least one.
std::vector<std::string_view> parts(std::string_view text, char border);

}  // namespace authzd::fuzz
