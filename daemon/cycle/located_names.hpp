// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The instance names of a new revision: whether each names exactly one instance. Until that is
// known, a revision is not accepted, like an invalid one: a grant without an id would have no
// policy, so that its policy in IAM could be taken for an unwanted one.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/model/instance.hpp"

#include <optional>
#include <vector>

namespace authzd {

struct LocatedNames {
  KnownInstances located;          // of the names that are not in `last`
  std::vector<Diagnostic> faults;  // no such instance, or two; two grants of one policy; sorted
  std::optional<Error> failure;    // a look-up failed: whether there are faults is not known
};

/// `last`: what is known already, and not looked up again. Errors: cancelled.
Async<LocatedNames> locate_names(PolicyReader& reader, Desired desired, KnownInstances last);

}  // namespace authzd
