// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The Date header.
#pragma once

#include "reconciler/base/time.hpp"

#include <string>

namespace authzd::sandbox {

/// IMF-fixdate: "Tue, 15 Nov 1994 08:12:31 GMT".
std::string http_date(Timestamp time);

}  // namespace authzd::sandbox
