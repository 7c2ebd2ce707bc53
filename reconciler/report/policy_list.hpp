// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The policies in IAM in the layout of `ibmcloud iam authorization-policies`, familiar to people
// and scripts.
#pragma once

#include "reconciler/report/wording.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace authzd {

struct ListOptions {
  AccountId account;
  std::string user;           // the identity: an e-mail address or an IAM id
  RoleNames role_names = {};  // besides those in the policies
  std::size_t width = 0;      // columns of the terminal that tables fit; 0: any
  bool is_use_known = true;   // IAM tells when policies were last used
};

/// The names of the policy's roles: those that came with it before those of the options.
RoleNames names_for(const Observed& policy, const ListOptions& options);

/// Policies in the given order. Properties without a row in the CLI's layout (another account, a
/// scope by attribute) get an extra row, so that no policy looks wider than it is.
std::string list_text(std::span<const Observed> policies, const ListOptions& options);

/// Policies with an authzd marker, by owner and authorization: "NAME  POLICY  GRANT", one per line,
/// with a heading.
std::string names_text(std::span<const Observed> policies, const ListOptions& options);

/// The same as JSON: an array of {owner, name, protected, policyId, grant, roles}.
std::string names_json(std::span<const Observed> policies, const ListOptions& options);

/// A bare JSON array of policies in IAM's v1 form, as the CLI's `--output JSON` gives.
std::string list_json(std::span<const Observed> policies, const ListOptions& options);

/// The same in parts, of whose policies the options may differ: `out` is empty before the first.
void append_list_json(std::string& out,
                      std::span<const Observed> policies,
                      const ListOptions& options);
void end_list_json(std::string& out);

}  // namespace authzd
