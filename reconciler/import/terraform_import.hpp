// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From Terraform's state to what takes its authorizations over: manifests, and the blocks by which
// Terraform forgets them. Nothing is made where it is unclear who owns what. Reading the state and
// writing files are elsewhere.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/import/terraform_state.hpp"
#include "reconciler/model/service_names.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace authzd {

/// What the policies of one file have in common.
enum class GroupBy {
  source,  // the service
  target,
  label,  // the resource in Terraform's configuration
};

struct TerraformImportOptions {
  AccountId account;  // whose targets these are; empty: as the state says
  GroupBy group_by = GroupBy::source;
  const ServiceNames* services = nullptr;  // as the loader has them; null: none are known
};

struct TerraformImport {
  /// Why nothing was made, with addresses, one line each; then all below is empty.
  std::vector<std::string> refusals;

  AccountId account;                             // whose targets these are; empty: nobody says
  std::map<std::string, std::string> manifests;  // by the name of the file
  std::string removed;                           // removed.tf; empty: nothing is taken over
  std::vector<std::string> forget;               // addresses in modules, with keys: for `state rm`
  std::vector<std::string> kept;     // addresses that stay with Terraform, each with the reason
  std::vector<std::string> managed;  // addresses whose policy carries authzd's marker already
  std::size_t policies = 0;          // that have a manifest now
};

/// A resource of which one instance cannot be written stays with Terraform as a whole: what
/// Terraform forgets, it forgets with all instances.
TerraformImport import_terraform(const StateReading& state, const TerraformImportOptions& options);

}  // namespace authzd
