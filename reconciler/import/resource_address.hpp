// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where Terraform keeps a resource, as its state names it and as its configuration does.
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
  std::string telling;    // cos[0].policy["a"]: what a name is made of

  auto operator<=>(const ResourceAddress&) const = default;
};

/// What stands behind an instance of count or for_each: [0], ["a"]. One line, and safe to show.
std::string index_key(std::uint64_t number);
std::string index_key(std::string_view text);

/// `module` as a state writes it, with keys, or empty. Nothing where that or a name is none that
/// Terraform has: it would become a part of a configuration.
std::optional<ResourceAddress> make_address(std::string_view module,
                                            std::string_view type,
                                            std::string_view name,
                                            std::string_view key);

/// A name for the manifest of each address: the names of modules and of the resource, with the
/// keys. It depends on no other address but those that would have the same one; they, and the ones
/// that are too long, end in a part of the address's hash.
std::map<std::string, std::string> names_of(std::span<const ResourceAddress> addresses);

}  // namespace authzd
