// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The address of a Terraform resource, as in the state and as in the configuration.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace authzd {

struct ResourceAddress {
  std::string full;       // module.cos[0].ibm_iam_authorization_policy.policy["a"]
  std::string in_config;  // module.cos.ibm_iam_authorization_policy.policy: all its instances
  std::string module;     // module.cos: without keys; empty for the root module
  std::string name;       // policy
  std::string telling;    // cos[0].policy["a"]: the base of a name

  auto operator<=>(const ResourceAddress&) const = default;
};

/// The key of an instance of count or for_each: [0], ["a"]. One line, and safe to show.
std::string index_key(std::uint64_t number);
std::string index_key(std::string_view text);

/// `module` as in a state, with keys, or empty. None if it or a name is invalid in Terraform: the
/// address becomes part of a configuration.
std::optional<ResourceAddress> make_address(std::string_view module,
                                            std::string_view type,
                                            std::string_view name,
                                            std::string_view key);

/// A manifest name for each address: the names of modules and of the resource, with the keys. It
/// depends only on addresses that would get the same name; these, and names that are too long, end
/// in a part of the address's hash.
std::map<std::string, std::string> names_of(std::span<const ResourceAddress> addresses);

}  // namespace authzd
