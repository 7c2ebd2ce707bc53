// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Turns a Terraform state into manifests, and into the blocks with which Terraform forgets the
// authorizations. Refuses if the owner of a policy is unclear. Reading the state and writing files
// are elsewhere.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/import/terraform_state.hpp"
#include "reconciler/model/service_names.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace authzd {

/// The common property of the policies in one file.
enum class GroupBy {
  source,  // the service
  target,
  label,  // the resource in Terraform's configuration
};

struct TerraformImportOptions {
  AccountId account;  // of the targets; empty: as in the state
  GroupBy group_by = GroupBy::source;
  const ServiceNames* services = nullptr;  // as for the loader; null: none are known
};

struct TerraformImport {
  /// Why nothing was imported, with addresses, one line each; then all members below are empty.
  std::vector<std::string> refusals;

  AccountId account;                             // of the targets; empty: unknown
  std::map<std::string, std::string> manifests;  // by file name
  std::string removed;                           // removed.tf; empty: nothing is taken over
  std::vector<std::string> forget;               // addresses in modules, with keys: for `state rm`
  std::vector<std::string> kept;     // addresses that stay with Terraform, each with the reason
  std::vector<std::string> managed;  // addresses whose policy already has authzd's marker
  std::size_t policies = 0;          // with a manifest
};

/// If one instance of a resource cannot be written, the whole resource stays with Terraform:
/// Terraform forgets all instances together.
TerraformImport import_terraform(const StateReading& state, const TerraformImportOptions& options);

}  // namespace authzd
