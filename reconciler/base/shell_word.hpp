// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A word of a command that is shown to be copied.
#pragma once

#include <string>
#include <string_view>

namespace authzd {

/// As a shell takes it for one word: printable, and in single quotes where it has to be.
std::string shell_word(std::string_view word);

}  // namespace authzd
