// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What git's last words mean: which kind of error, and what a person can do about it.
#pragma once

#include "reconciler/base/error.hpp"

#include <string_view>

namespace authzd {

/// `said`: what git wrote to standard error; it may hold text of the remote side.
Error git_fault(std::string_view said, int exit_code);

}  // namespace authzd
