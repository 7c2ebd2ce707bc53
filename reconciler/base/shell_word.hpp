// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Quotes a word of a command that people copy.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// The word as a shell reads it: printable, and in single quotes if necessary.
std::string shell_word(std::string_view word);

}  // namespace authzd
