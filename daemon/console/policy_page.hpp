// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The story of one policy: what it grants, whose it is and why, which manifest wants it, and what
// was done to it.
#pragma once

#include "daemon/console/frame.hpp"
#include "daemon/status/policy_story.hpp"

#include <string>

namespace authzd::console {

std::string policy_page(const Frame& frame, const PolicyStory& story);

}  // namespace authzd::console
