// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an account lacks so that a question of `why` is answered by yes: a manifest that grants
// exactly what was asked for, or what stands against one.
#pragma once

#include "reconciler/model/service_names.hpp"
#include "reconciler/report/why.hpp"

#include <string>

namespace authzd {

struct WhyMissing {
  std::string manifest = {};  // one document that loads; empty: see `advice`
  std::string advice = {};    // one or more sentences, printable; may be empty beside a manifest
};

/// `roles`: of the manifest, by display names or CRNs; not empty. `services`: as for the loader;
/// null: none are known. IAM takes one policy of a source and a target: where there is one with
/// other roles, the advice says what to do about it, and a manifest keeps its roles.
WhyMissing missing_for(const WhyQuestion& question,
                       const std::vector<std::string>& roles,
                       const WhyAccount& account,
                       const ServiceNames* services);

}  // namespace authzd
