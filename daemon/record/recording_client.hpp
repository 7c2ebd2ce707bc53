// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An HTTP client with a recorder for its exchanges.
#pragma once

#include "daemon/net/http.hpp"
#include "daemon/record/trace_recorder.hpp"

#include <memory>

namespace authzd {

/// Sends through `client`, and passes each completed exchange to `recorder`, but not cancelled
/// ones. `clock` must outlive it. Errors and cancellation: as `client`.
std::unique_ptr<HttpClient> make_recording_client(std::shared_ptr<HttpClient> client,
                                                  std::shared_ptr<TraceRecorder> recorder,
                                                  TracePeer peer,
                                                  Clock& clock);

}  // namespace authzd
