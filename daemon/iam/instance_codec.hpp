// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Replies of Resource Controller's GET /v2/resource_instances.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/instance.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct InstancePage {
  std::vector<Instance> instances;  // whose name a manifest could say, in the order of the reply
  std::string next = {};            // the query of the next page; empty: this is the last one
};

/// The parts of an instance's CRN, "crn:v1:bluemix:public:<service>:<region>:a/<account>:<id>::",
/// say what it is. One that has a name and no such CRN is kept with an empty service: nobody can
/// tell that it is not the one that is sought. Errors: bad_response.
Result<InstancePage> decode_instances(std::string_view body);

}  // namespace authzd
