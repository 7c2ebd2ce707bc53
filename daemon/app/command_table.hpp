// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The commands of authzd. To add one is to add a row, with the function that describes its options
// and the one that performs it.
#pragma once

#include "daemon/cli/command_row.hpp"

#include <span>

namespace authzd {

/// In the order in which help lists them.
std::span<const CommandRow> command_table();

}  // namespace authzd
