// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Instances of services by the names that people give them. IAM compares ids alone, so that a name
// in a manifest is looked up when a plan is made. A name is no identity: two instances may share
// one, and whoever may manage an account's instances may give it to another.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/attribute.hpp"

#include <compare>
#include <map>
#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::string_view kServiceInstance = "serviceInstance";

/// Characters; IBM's own limit on an instance's name.
inline constexpr std::size_t kMaxInstanceName = 180;

/// How a manifest calls an instance: by its exact name among those of a service in the account.
struct InstanceName {
  std::string service;
  std::string name;
  std::string resource_group = {};  // its id; empty: any
  std::string region = {};          // empty: any

  auto operator<=>(const InstanceName&) const = default;
};

/// "instance prod-kms of kms in us-south": for people.
std::string to_string(const InstanceName& instance);

/// What stands in a grant for an id that is not known: an attribute that no policy of IAM has, as
/// its operator is none of IAM's, and that is equal for equal names.
Attribute unknown_instance(const InstanceName& instance);
bool is_unknown_instance(const Attribute& attribute);

/// The name that such an attribute stands for, without its service.
InstanceName name_in(const Attribute& unknown_instance);

/// `side` with this in the place of its instance.
AttributeSet with_instance(const AttributeSet& side, Attribute instance);

/// The same with the instance of that id.
AttributeSet with_instance(const AttributeSet& side, const std::string& id);

/// `side` without its instance.
AttributeSet without_instance(const AttributeSet& side);

/// An instance as Resource Controller shows it.
struct Instance {
  std::string id;       // what IAM calls serviceInstance: the eighth part of the CRN
  std::string name;     // as its owner wrote it
  std::string service;  // the CRN's; empty: the CRN cannot be read, and the id neither
  AccountId account;
  std::string region = {};
  std::string resource_group = {};  // its id
  bool is_gone = false;             // removed, or waiting for that

  bool operator==(const Instance&) const = default;
};

/// What a name stood for when it was looked up last.
struct KnownInstance {
  std::string id;
  std::string before = {};  // the id that it stood for before that; empty: none is known

  bool operator==(const KnownInstance&) const = default;
};
using KnownInstances = std::map<InstanceName, KnownInstance>;

}  // namespace authzd
