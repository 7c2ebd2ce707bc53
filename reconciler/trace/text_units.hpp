// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Text taken apart into what is one thing: a GUID, an e-mail address, a host name, a word.
#pragma once

#include <string_view>
#include <vector>

namespace authzd {

/// Letters, digits and what is no ASCII, with the signs . _ + @ - between them; empty where the
/// text begins with something else.
std::string_view run_in_front(std::string_view text);

/// An address of IPv4 or IPv6 with nothing that belongs to it before its end; empty: none.
std::string_view address_in_front(std::string_view text);

bool is_address(std::string_view text);

struct TextUnit {
  std::string_view text;
  bool is_hex = false;  // GUIDs, and eight or more digits of lower-case hex with a figure in them
};

/// A run in units: GUIDs and long hex numbers stand alone, so that they are the same wherever they
/// occur; the rest between them is whole.
std::vector<TextUnit> units_of(std::string_view run);

}  // namespace authzd
