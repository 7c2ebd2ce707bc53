// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The source and the target of an authorization: shorthand keys and free attributes, in; IAM's
// attribute sets, out.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/manifest/service_check.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/attribute.hpp"

namespace authzd {

/// Whether the document says `wide: true`: then a side may mean everything in the account.
enum class Breadth { limited, wide };

/// The subject of `source`, or the resource of one target, accountId included. What cannot be used
/// is reported and left out.
AttributeSet decode_source(const YamlCursor& node,
                           const AccountId& own_account,
                           Breadth allowed,
                           const ServiceCheck& services);
AttributeSet decode_target(const YamlCursor& node,
                           const AccountId& own_account,
                           Breadth allowed,
                           const ServiceCheck& services);

/// The keys that `source`, a target and an item of `attributes` may have.
Keys source_keys();
Keys target_keys();
Keys attribute_keys();

}  // namespace authzd
