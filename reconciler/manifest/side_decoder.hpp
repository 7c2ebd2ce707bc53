// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The source and the target of an authorization: shorthand keys and free attributes, in; IAM's
// attribute sets, out.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/instance.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace authzd {

/// Whether the document has `wide: true`: then a side may mean everything in the account.
enum class Breadth { limited, wide };

/// A side as it was written.
struct Side {
  AttributeSet attributes;  // accountId included
  /// Set: the instance is given by name, and unknown_instance() is among the attributes.
  std::optional<InstanceName> instance = {};
};

/// The subject of `source`, or the resource of one target. Invalid parts are reported and omitted.
Side decode_source(const YamlCursor& node,
                   const AccountId& own_account,
                   Breadth allowed,
                   const ServiceCheck& services);
Side decode_target(const YamlCursor& node,
                   const AccountId& own_account,
                   Breadth allowed,
                   const ServiceCheck& services);

/// The allowed keys of `source`, a target, an item of `attributes` and an instance by name.
Keys source_keys();
Keys target_keys();
Keys attribute_keys();
Keys instance_keys();

/// A key of a side that sets an attribute.
struct Shorthand {
  std::string_view key;        // "service"
  std::string_view attribute;  // "serviceName"
};
std::span<const Shorthand> shorthands();

}  // namespace authzd
