// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Writes the policies in IAM as manifests that load and plan to "nothing to do". What a manifest
// cannot express, or must not manage, becomes a comment with the reason.
#pragma once

#include "reconciler/model/desired.hpp"
#include "reconciler/model/service_names.hpp"
#include "reconciler/report/wording.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace authzd {

/// What a document says that no policy has.
struct DocumentTexts {
  std::map<std::string, std::string> labels = {};
  std::map<std::string, std::string> annotations = {};
  Rationale rationale = {};
};
using TextsByName = std::map<std::string, DocumentTexts, std::less<>>;

/// By the names of the authorizations.
TextsByName texts_of(const Desired& desired);

struct ExportOptions {
  AccountId account;
  std::string owner = {};     // the owner of our markers; empty: every marker is someone else's
  RoleNames role_names = {};  // besides those in the policies
  const ServiceNames* services = nullptr;        // as for the loader; null: none are known
  std::map<PolicyId, std::string> origins = {};  // added to the comment on a policy
  TextsByName texts = {};                        // by the name in the marker
};

struct LeftOut {
  PolicyId id;
  std::string why;  // "it has no role"
};

struct Export {
  std::string yaml;          // documents and comments; independent of the order of the policies
  std::size_t exported = 0;  // policies
  std::size_t skipped = 0;   // policies that are only a comment
  std::vector<LeftOut> left_out = {};  // these, in the order of their keys
};

/// Skips deleted policies silently. Policies with our marker keep its name; those of one name that
/// differ only in the target become one document. Other names are built from source and target.
/// Roles are display names if one is known and unambiguous, else CRNs.
Export export_manifests(std::span<const Observed> policies, const ExportOptions& options);

inline constexpr std::string_view kStandInOwner = "import";

/// Used if the account is unknown: no account has this id, so every source's account is written
/// out.
inline const AccountId kNoAccount{"00000000000000000000000000000000"};

/// A policy for the exporter, built from imported data, that looks like one of ours: so all imports
/// follow the rules of an export. `content` has display names instead of CRNs, and no marker in its
/// description.
Observed stand_in(PolicyContent content, const std::string& name, bool is_protected);

}  // namespace authzd
