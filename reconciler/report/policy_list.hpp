// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IAM has, as `ibmcloud iam authorization-policies` shows it, so that eyes and scripts that
// know the one know the other.
#pragma once

#include "reconciler/report/wording.hpp"

#include <span>
#include <string>

namespace authzd {

struct ListOptions {
  AccountId account;
  std::string user;           // as who: an e-mail address or an IAM id
  RoleNames role_names = {};  // besides those that a policy brings itself
};

/// Policies in the order given. What the CLI's layout has no row for (another account, a scope by
/// attribute) gets a row of its own, so that no policy looks wider than it is.
std::string list_text(std::span<const Observed> policies, const ListOptions& options);

/// What has an authzd marker, by owner and authorization: "NAME  POLICY  GRANT", a line each, with
/// a heading.
std::string names_text(std::span<const Observed> policies, const ListOptions& options);

/// The same as JSON: an array of {owner, name, protected, policyId, grant, roles}.
std::string names_json(std::span<const Observed> policies, const ListOptions& options);

/// A bare JSON array of policies in IAM's v1 form, as the CLI's `--output JSON` gives.
std::string list_json(std::span<const Observed> policies, const ListOptions& options);

}  // namespace authzd
