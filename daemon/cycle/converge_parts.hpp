// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A convergence in parts: what gives access first, then what takes it away, a few actions at a
// time. Between two of these parts somebody may have put the manifests back.
#pragma once

#include "daemon/cycle/converge_driver.hpp"

#include <functional>

namespace authzd {

/// Whether the action takes access away that the manifests no longer ask for.
[[nodiscard]] bool takes_access_away(const Action& action);

/// The same of any action of the plan that is not held.
[[nodiscard]] bool takes_access_away(const Plan& plan);

/// Every action that was to be performed, ended by `error` before it was begun.
[[nodiscard]] std::vector<Outcome> none_begun(const Plan& plan, const Error& error);

/// Asked before each part that takes access away, but for the first part of all; an error ends the
/// rest as failed by it. Empty: nobody asks.
using PartCheck = std::function<Async<void>()>;

/// As converge(), which it calls for each part. Actions keep their index in `plan` for the observer
/// and in the outcomes. All must outlive the call.
Async<std::vector<Outcome>> converge_in_parts(
    const Plan& plan,            // coroutine-ref: the awaiter's
    const ConvergeTools& tools,  // coroutine-ref: the awaiter's
    std::size_t concurrency,
    std::map<PolicyId, Etag> last_etags,
    const PartCheck& check);  // coroutine-ref: the awaiter's

}  // namespace authzd
