// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the manifests want, after loading: one Grant for each (source, target) of an authorization.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/attribute.hpp"
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
  bool is_protected = false;
  bool suspend = false;
  bool release = false;
  std::optional<Timestamp> expires_at = {};

  bool operator==(const Grant&) const = default;
};

/// All that one account should have. Sorted by key; keys and (name, target) pairs are unique.
struct Desired {
  AccountId account;
  std::vector<Grant> grants;

  bool operator==(const Desired&) const = default;
};

/// A grant of the desired state, which outlives this, and whose roles have been looked up. A failed
/// look-up holds back this grant alone, and protects the policy that has its key: authzd does not
/// touch what it cannot judge.
struct ResolvedGrant {
  const Grant* grant = nullptr;
  Result<RoleSet> roles;  // CRNs
};

}  // namespace authzd
