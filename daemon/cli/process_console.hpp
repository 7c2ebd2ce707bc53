// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The terminal or the pipes of this process, and the few variables that it reads.
#pragma once

#include "daemon/admin/console.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace authzd {

/// Standard input, output and error of this process. Asking waits for a line on standard input, and
/// nothing else runs meanwhile.
std::unique_ptr<Console> process_console();

/// Set by sudo: the user who called it.
inline constexpr std::string_view kSudoUid = "SUDO_UID";

using Environment = std::map<std::string, std::string, std::less<>>;

/// The few variables that authzd reads, as they are now. The API key is taken out of the process's
/// environment, so that no child inherits it.
Environment take_environment();

}  // namespace authzd
