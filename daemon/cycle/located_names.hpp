// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The instance names of a new revision: whether each stands for exactly one instance. A revision is
// not taken before that is known, as an invalid one is not: a grant without an id would be of no
// policy, so that the policy that it has in IAM could be taken for one that nobody wants.
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
  std::vector<Diagnostic> faults;  // no such instance, or two; two grants of one policy. Sorted
  std::optional<Error> failure;    // a look-up failed: whether there are faults is not known
};

/// `last`: what is known already, and is not asked for again. Errors: cancelled.
Async<LocatedNames> locate_names(PolicyReader& reader, Desired desired, KnownInstances last);

}  // namespace authzd
