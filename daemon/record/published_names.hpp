// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The names that IBM publishes (daemon/data), which a trace may contain.
#pragma once

#include "reconciler/trace/vocabulary.hpp"

namespace authzd {

PublishedNames published_names();

}  // namespace authzd
