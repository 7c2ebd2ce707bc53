// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Splits text into units: a GUID, an e-mail address, a host name, a word.
#pragma once

#include <string_view>
#include <vector>

namespace authzd {

/// The leading run of letters, digits and non-ASCII characters, with the signs . _ + @ - between
/// them; empty if the text begins with something else.
std::string_view run_in_front(std::string_view text);

/// A leading IPv4 or IPv6 address that is not part of a longer text; empty: none.
std::string_view address_in_front(std::string_view text);

bool is_address(std::string_view text);

struct TextUnit {
  std::string_view text;
  bool is_hex = false;  // GUIDs, and lower-case hex of eight or more digits with a decimal digit
};

/// Splits a run into units: GUIDs and long hex numbers are separate units, so that they get the
/// same pseudonym wherever they occur; the text between them is one unit.
std::vector<TextUnit> units_of(std::string_view run);

}  // namespace authzd
