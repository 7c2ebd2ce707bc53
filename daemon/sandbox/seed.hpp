// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The seed: accounts, API keys, trusted profiles, instances and policies that the sandbox starts
// with, as JSON.
#pragma once

#include "daemon/sandbox/world.hpp"
#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>

namespace authzd::sandbox {

/// Replaces policies, instances and identities. Policies may be in v1's or in v2's format. Errors:
/// invalid_config: "file:line:column: …" if it is not JSON, else "file: /policies/3: …".
Result<void> apply_seed(World& world,
                        std::string_view json,
                        const std::string& file,
                        Timestamp now);

/// Adds an instance in the seed's format; it replaces the one with its guid.
/// Errors: invalid_config.
Result<void> put_instance(World& world, const Json& json);

/// For the banner: who can call, in the order of the file.
struct SeedKey {
  std::string key;
  std::string account;
  std::string account_name;
  std::string name;
};
std::vector<SeedKey> keys_of_seed(std::string_view json);

}  // namespace authzd::sandbox
