// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the manifests want, after loading: one Grant for each (source, target) of an authorization.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/key.hpp"
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
  std::vector<std::string>
      roles;  // as written, sorted; the delegator's name is among them if asked for
  std::optional<std::string> description;  // the person's text, without marker; none: IAM's stays
  std::map<std::string, std::string> labels = {};
  std::map<std::string, std::string> annotations = {};  // of other tools
  bool is_protected = false;
  bool suspend = false;
  bool release = false;
  std::optional<Timestamp> expires_at = {};
  /// The instance of a side that a manifest calls by its name. As loaded, the side has
  /// unknown_instance() in the place of its id; resolve_instances() puts that in.
  std::optional<InstanceName> source_instance = {};
  std::optional<InstanceName> target_instance = {};

  bool operator==(const Grant&) const = default;
};

/// All that one account should have, and what must be true of it. Grants are sorted by key; keys
/// and (name, target) pairs are unique.
struct Desired {
  AccountId account;
  std::vector<Grant> grants;
  std::vector<Assertion> assertions = {};  // sorted by name; names are unique

  bool operator==(const Desired&) const = default;
};

/// A grant of the desired state, which outlives this, and whose roles have been looked up. A failed
/// look-up holds back this grant alone, and protects the policy that has its key: authzd does not
/// touch what it cannot judge.
struct ResolvedGrant {
  const Grant* grant = nullptr;
  Result<RoleSet> roles;  // CRNs
  /// False: an instance that it names was not found, says `roles`. Its key has the id that the name
  /// stood for last, or none; what it may have been given under another id is protected, too.
  bool is_instance_known = true;
};

}  // namespace authzd
