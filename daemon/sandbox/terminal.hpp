// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What iam-sandbox prints for the person who started it.
#pragma once

#include "daemon/sandbox/seed.hpp"
#include "daemon/sandbox/service.hpp"
#include "reconciler/base/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd::sandbox {

/// The text at the start: the address, who can call, and how to configure a client for it.
std::string banner(const std::string& url,
                   const std::vector<SeedKey>& keys,
                   bool admin,
                   bool colour);

/// One line per request.
std::string request_line(const LoggedRequest& request, Timestamp now, bool colour);

/// `--list-switches`.
std::string switch_list(bool colour);

}  // namespace authzd::sandbox
