// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A convergence in parts: first the actions that give access, then those that remove it, a few at a
// time. Between two of these parts someone may have restored the manifests.
#pragma once

#include "daemon/cycle/converge_driver.hpp"

#include <functional>

namespace authzd {

/// Whether the action removes access that the manifests no longer ask for.
[[nodiscard]] bool takes_access_away(const Action& action);

/// The same for any action of the plan that is not held.
[[nodiscard]] bool takes_access_away(const Plan& plan);

/// All actions that were to be performed, failed with `error` before they were begun.
[[nodiscard]] std::vector<Outcome> none_begun(const Plan& plan, const Error& error);

/// Called before each part that removes access, except for the very first part; an error fails all
/// remaining actions with it. Empty: no check.
using PartCheck = std::function<Async<void>()>;

/// Like converge(), which it calls for each part. Actions keep their index in `plan` for the
/// observer and in the outcomes. All must outlive the call.
Async<std::vector<Outcome>> converge_in_parts(
    const Plan& plan,            // coroutine-ref: the awaiter's
    const ConvergeTools& tools,  // coroutine-ref: the awaiter's
    std::size_t concurrency,
    std::map<PolicyId, Etag> last_etags,
    const PartCheck& check);  // coroutine-ref: the awaiter's

}  // namespace authzd
