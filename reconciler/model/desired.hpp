// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the manifests want, after loading: one Grant per (source, target) of an authorization.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/model/rationale.hpp"
#include "reconciler/model/role.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

struct Grant {
  std::string name;    // metadata.name
  SourcePos position;  // of this target
  Key key;
  AttributeSet subject;  // accountId included, on both sides
  AttributeSet resource;
  std::vector<std::string> roles;  // as written, sorted; includes the delegator's name if asked for
  std::optional<std::string> description;  // the manifest's text, without marker; none: IAM's text
                                           // stays
  std::map<std::string, std::string> labels = {};
  std::map<std::string, std::string> annotations = {};  // of other tools
  bool is_protected = false;
  bool suspend = false;
  bool release = false;
  std::optional<Timestamp> expires_at = {};
  Rationale rationale = {};  // of the whole authorization
  /// The instance of a side that a manifest gives by name. After loading, the side has
  /// unknown_instance() instead of its id; resolve_instances() sets the id.
  std::optional<InstanceName> source_instance = {};
  std::optional<InstanceName> target_instance = {};

  bool operator==(const Grant&) const = default;
};

/// Everything that one account should have, and the assertions about it. Grants are sorted by key;
/// keys and (name, target) pairs are unique.
struct Desired {
  AccountId account;
  std::vector<Grant> grants;
  std::vector<Assertion> assertions = {};  // sorted by name; names are unique

  bool operator==(const Desired&) const = default;
};

/// A grant of the desired state, which outlives this, with its roles looked up. A failed look-up
/// holds back only this grant, and protects the policy at its key: authzd does not touch what it
/// cannot judge.
struct ResolvedGrant {
  const Grant* grant = nullptr;
  Result<RoleSet> roles;  // CRNs
  /// False: its instance was not found by name, as the error in `roles` says. Its key has the
  /// previous id of the name, or none; policies that it may have under another id are protected,
  /// too.
  bool is_instance_known = true;
};

}  // namespace authzd
