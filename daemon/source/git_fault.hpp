// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Interprets git's last message: the kind of error, and the remedy.
#pragma once

#include "reconciler/base/error.hpp"

#include <string_view>

namespace authzd {

/// `said`: git's standard error; it may contain text from the remote.
Error git_fault(std::string_view said, int exit_code);

}  // namespace authzd
