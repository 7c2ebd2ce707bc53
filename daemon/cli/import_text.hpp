// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an import says to the person who asked for it: what was made, what was not and why, and the
// next commands. Pure text.
#pragma once

#include "reconciler/import/kms_twins.hpp"
#include "reconciler/import/terraform_import.hpp"
#include "reconciler/report/export.hpp"

#include <optional>
#include <string>

namespace authzd {

/// An import of a Terraform state. `state` and `made` must outlive it.
struct ImportReport {
  const StateReading& state;
  const TerraformImport& made;
  std::optional<std::string> folder;  // none: the manifests went to standard output
  std::optional<std::string> owner;   // as given; none: a word in its place
};

std::string refusal_text(const ImportReport& report);
std::string report_text(const ImportReport& report);

std::string twins_text(const Twins& twins);

/// How much of an account's policies is now manifests. `account`: its name or id; may be empty.
std::string exported_text(const std::string& account,
                          const Export& exported,
                          std::size_t unreadable = 0);

}  // namespace authzd
