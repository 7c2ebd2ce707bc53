// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies in the formats of v1 and v2: request bodies to PolicyBody, where policy.hpp checks the
// content, and replies (iam-api §2.4, §2.5).
#pragma once

#include "daemon/sandbox/json.hpp"
#include "daemon/sandbox/policy.hpp"
#include "daemon/sandbox/problem.hpp"
#include "daemon/sandbox/switches.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace authzd::sandbox {

Outcome<PolicyBody> decode_policy(const Json& body, ApiVersion version);

/// The version of a body's format: v1 has `subjects`, v2 has `subject` or `control`.
ApiVersion version_of(const Json& body);

struct ViewOptions {
  ApiVersion version = ApiVersion::v2;
  bool display = false;      // format=display: v2 roles with name, description and actions
  bool last_permit = false;  // format=include_last_permit
  std::string base_url;      // of every href
  // {display_name, description, actions, crn} of a role CRN; null if unknown.
  std::function<Json(const std::string&)> role;
};

Json view_policy(const Policy& policy, const ViewOptions& options, const Switches& switches);

/// False for what v1 cannot express: stringExists, any-of, rules.
bool fits_v1(const PolicyBody& body);

/// "2026-01-31T06:00:00.000Z": always with milliseconds, as in IAM.
std::string iam_time(Timestamp time);

}  // namespace authzd::sandbox
