// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What iam-sandbox says to the person who started it.
#pragma once

#include "daemon/sandbox/seed.hpp"
#include "daemon/sandbox/service.hpp"
#include "reconciler/base/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd::sandbox {

/// The block at the start: the address, who can call, and how to point a client at it.
std::string banner(const std::string& url,
                   const std::vector<SeedKey>& keys,
                   bool admin,
                   bool colour);

/// One line a request.
std::string request_line(const LoggedRequest& request, Timestamp now, bool colour);

/// `--list-switches`.
std::string switch_list(bool colour);

}  // namespace authzd::sandbox
