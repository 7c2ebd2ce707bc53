// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies in IAM. `PolicyContent` is the part that a write sets; `Observed` is the whole policy.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/model/role.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

struct PolicyContent {
  AttributeSet subject;
  AttributeSet resource;
  RoleSet roles;            // CRNs
  std::string description;  // as IAM stores it, marker included
  /// Parts of a policy that authzd never writes but must not ignore (rule, pattern, control other
  /// than grant, …): JSON text by member name. A grant has none, so a part that someone added is
  /// drift. Tags of a resource are attributes named "tag:<key>".
  std::map<std::string, std::string> extras = {};

  bool operator==(const PolicyContent&) const = default;
};

enum class PolicyState { active, deleted };

struct Observed {
  PolicyId id;
  PolicyContent content;
  PolicyState state = PolicyState::active;
  IamId created_by;        // an IAM id, or the CRN of a service (iam-api §2.4)
  std::string created_at;  // as IAM wrote it
  IamId last_modified_by;
  std::string last_modified_at;             // as IAM wrote it; only compared
  std::string template_id;                  // not empty: made by an enterprise template
  std::optional<Timestamp> last_permit_at;  // absent: unknown
  std::map<std::string, std::string> role_names =
      {};  // display names by CRN, if the reply had them

  bool operator==(const Observed&) const = default;
};

inline Key key_of(const AccountId& account, const PolicyContent& content) {
  return {account, content.subject, content.resource};
}

/// The layout of a policy in IAM: the order of attributes and roles, and the spelling of values. It
/// has no meaning to IAM, but other tools compare it, so a write preserves it.
struct PolicyLayout {
  std::vector<Attribute> subject;  // as read, not in normal form; tags included
  std::vector<Attribute> resource;
  std::vector<std::string> roles;

  bool operator==(const PolicyLayout&) const = default;
};

/// A policy with the ETag of the read that returned it. An empty ETag: the reply had none.
struct Versioned {
  Observed policy;
  Etag etag;
  PolicyLayout layout = {};  // empty if only a list or a v1 reply showed the policy
};

}  // namespace authzd
