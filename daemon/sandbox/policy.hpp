// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A policy as stored: one form for both API versions, from which each is rendered; and what it may
// contain (iam-api §2.5, §5): IAM and the sandbox refuse the rest with 400.
#pragma once

#include "daemon/sandbox/json.hpp"
#include "daemon/sandbox/problem.hpp"
#include "daemon/sandbox/switches.hpp"
#include "reconciler/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::sandbox {

enum class ApiVersion { v1, v2 };

struct Attr {
  std::string name;
  std::optional<std::string> op;  // as sent; an absent one means stringEquals
  Json value;                     // text, for stringExists a boolean, for any-of a list

  bool operator==(const Attr&) const = default;
};

/// The effective operator, explicit or not.
inline std::string_view operator_of(const Attr& attr) {
  return attr.op ? std::string_view(*attr.op) : "stringEquals";
}

/// The attribute with that name, or null.
const Attr* find_attr(const std::vector<Attr>& attrs, std::string_view name);

/// The text of the attribute with that name; empty if there is none.
std::string attr_text(const std::vector<Attr>& attrs, std::string_view name);

/// What a caller sends: everything that a PUT replaces.
struct PolicyBody {
  ApiVersion version = ApiVersion::v2;
  std::string type;
  std::optional<std::string> description;
  std::vector<Attr> subject;
  std::vector<Attr> resource;
  std::vector<Attr> tags;
  std::vector<std::string> roles;  // CRNs
  Json rule = nullptr;             // access policies only
  Json pattern = nullptr;
};

struct Policy {
  std::string id;
  std::string account;
  PolicyBody body;
  int generation = 1;
  std::string etag;
  Timestamp created_at;
  std::string created_by;
  Timestamp modified_at;
  std::string modified_by;
  bool deleted = false;
  Json made_from = nullptr;  // the `template` member of an enterprise template's policy
  std::optional<Timestamp> last_permit_at;
  std::optional<int> last_permit_frequency;
};

/// What makes two policies duplicates (iam-api §2.6): type, subject and resource in any order, an
/// absent operator being stringEquals. Roles and description are not part of it.
std::string duplicate_key(const PolicyBody& body);

/// Everything but the roles.
Outcome<void> check_policy(const PolicyBody& body, const Switches& switches);

/// The service whose roles an authorization may have: its target, or "resource-controller" if the
/// target is not a service (a resource group).
std::string role_service(const PolicyBody& body);

}  // namespace authzd::sandbox
