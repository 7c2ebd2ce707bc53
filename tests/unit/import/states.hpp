// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Terraform states in the format of Terraform 1.9 and IBM's provider.
#pragma once

#include <string>
#include <vector>

namespace authzd::test {

inline const std::string kHome = "a1234567a1234567a1234567a1234567";
inline const std::string kElsewhere = "b7654321b7654321b7654321b7654321";
inline const std::string kKeys = "51042d7f-f0df-4915-bd39-6a49957c9175";

/// The provider's attributes of one policy, as JSON. `more` replaces or adds members, and ends in a
/// comma or is empty.
std::string attributes(const std::string& id,
                       const std::string& source,
                       const std::string& target,
                       const std::string& more = "");

/// An instance: `key` as JSON, empty for a resource without count and for_each.
std::string instance(const std::string& attributes, const std::string& key = "");

/// A resource of the state file: of the root module, or of the named one.
std::string resource(const std::string& name,
                     const std::vector<std::string>& instances,
                     const std::string& module = "");

std::string state_file(const std::vector<std::string>& resources);

}  // namespace authzd::test
