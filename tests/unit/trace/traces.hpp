// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Exchanges and traces for tests.
#pragma once

#include "reconciler/trace/disguise.hpp"
#include "reconciler/trace/trace.hpp"

#include <string>
#include <string_view>

namespace authzd::test {

/// Some of IBM's published names.
PublishedNames some_names();

/// A key that is the same in every run.
Secret some_key();

/// An exchange with a JSON reply; the bodies as text, empty for none.
TraceExchange exchange(std::string_view method,
                       std::string_view target,
                       int status,
                       std::string_view reply,
                       TraceHeaders reply_headers = {},
                       std::string_view body = {},
                       TraceHeaders headers = {});

Trace trace_of(std::vector<TraceExchange> exchanges, Endpoint endpoint = Endpoint::open);

}  // namespace authzd::test
