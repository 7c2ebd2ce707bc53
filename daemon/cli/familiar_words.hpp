// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Words that people know from kubectl, Terraform, git and IBM's CLI, and what does the same here.
#pragma once

#include <optional>
#include <string_view>

namespace authzd {

/// A command or an option to write instead, or a sentence; none: the word is not known.
std::optional<std::string_view> instead_of_command(std::string_view word);
std::optional<std::string_view> instead_of_option(std::string_view command, std::string_view word);

}  // namespace authzd
