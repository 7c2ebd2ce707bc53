// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Replies of the Resource Controller's GET /v2/resource_instances.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/instance.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct InstancePage {
  std::vector<Instance> instances;  // with names that a manifest can have, in the reply's order
  std::string next = {};            // the query of the next page; empty: this is the last one
};

/// An instance is described by its CRN,
/// "crn:v1:bluemix:public:<service>:<region>:a/<account>:<id>::". One with a name but without such
/// a CRN gets an empty service: it may be the one that is looked for. Errors: bad_response.
Result<InstancePage> decode_instances(std::string_view body);

}  // namespace authzd
