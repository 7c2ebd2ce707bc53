// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reads where the next page of a list starts. For the codecs of this folder.
#pragma once

#include "daemon/iam/json_reader.hpp"

#include <string>

namespace authzd {

/// The page's `next.start`, or the `start` in its link; empty on the last page. A `next` without a
/// start is a fault: a part of the list must not be taken for the whole.
std::string next_start_of(const Json& page, Fault& fault);

}  // namespace authzd
