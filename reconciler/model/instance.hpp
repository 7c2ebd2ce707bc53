// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Service instances by their names. IAM compares only ids, so a name in a manifest is looked up
// when a plan is made. A name is not an identity: two instances may have the same one, and whoever
// manages an account's instances can give it to another.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/attribute.hpp"

#include <compare>
#include <map>
#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::string_view kServiceInstance = "serviceInstance";

/// Characters; IBM's own limit for an instance name.
inline constexpr std::size_t kMaxInstanceName = 180;

/// An instance in a manifest: the exact name among the instances of a service in the account.
struct InstanceName {
  std::string service;
  std::string name;
  std::string resource_group = {};  // its id; empty: any
  std::string region = {};          // empty: any

  auto operator<=>(const InstanceName&) const = default;
};

/// "instance prod-kms of kms in us-south": for people.
std::string to_string(const InstanceName& instance);

/// Replaces an unknown id in a grant: an attribute that no policy in IAM has, because its operator
/// is not one of IAM's. Equal names give equal attributes.
Attribute unknown_instance(const InstanceName& instance);
bool is_unknown_instance(const Attribute& attribute);

/// The name in such an attribute, without its service.
InstanceName name_in(const Attribute& unknown_instance);

/// `side` with this attribute as its instance.
AttributeSet with_instance(const AttributeSet& side, Attribute instance);

/// The same with the instance of that id.
AttributeSet with_instance(const AttributeSet& side, const std::string& id);

/// `side` without its instance.
AttributeSet without_instance(const AttributeSet& side);

/// An instance as Resource Controller shows it.
struct Instance {
  std::string id;       // IAM's serviceInstance: the eighth part of the CRN
  std::string name;     // as its owner wrote it
  std::string service;  // from the CRN; empty: the CRN, and so the id, cannot be read
  AccountId account;
  std::string region = {};
  std::string resource_group = {};  // its id
  bool is_gone = false;             // removed, or about to be

  bool operator==(const Instance&) const = default;
};

/// The result of the last look-up of a name.
struct KnownInstance {
  std::string id;
  std::string before = {};  // the id before that; empty: unknown

  bool operator==(const KnownInstance&) const = default;
};
using KnownInstances = std::map<InstanceName, KnownInstance>;

}  // namespace authzd
