// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IAM has, as manifests that load and plan to "nothing to do". What a manifest cannot say, or
// may not touch, is left as a comment that says why.
#pragma once

#include "reconciler/model/service_names.hpp"
#include "reconciler/report/wording.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// What a document's metadata says besides its name.
struct DocumentTexts {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};

struct ExportOptions {
  AccountId account;
  std::string owner = {};     // whose markers are ours; empty: every marker is someone else's
  RoleNames role_names = {};  // besides those that a policy brings itself
  const ServiceNames* services = nullptr;        // as the loader has them; null: none are known
  std::map<PolicyId, std::string> origins = {};  // what the comment on a policy also says
  std::map<std::string, DocumentTexts, std::less<>> texts = {};  // by the name in the marker
};

struct LeftOut {
  PolicyId id;
  std::string why;  // "it has no role"
};

struct Export {
  std::string yaml;          // documents and comments; the same for the same policies in any order
  std::size_t exported = 0;  // policies
  std::size_t skipped = 0;   // policies that are a comment only
  std::vector<LeftOut> left_out = {};  // these, in the order of their keys
};

/// Deleted policies are passed over in silence. Policies that carry our marker keep its name; those
/// of one name that differ only in the target become one document. Other names are made from source
/// and target. Roles are display names where one is known and not ambiguous, else CRNs.
Export export_manifests(std::span<const Observed> policies, const ExportOptions& options);

}  // namespace authzd
