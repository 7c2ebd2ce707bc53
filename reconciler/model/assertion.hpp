// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Rules that an account's authorizations must meet, whatever the manifests grant (design §3), and
// the results of checking them. An assertion never writes.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/model/policy.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Attribute name → glob ('*', '?'); all must match. A plain name means either side of a policy;
/// "source.serviceName" and "target.serviceName" mean one. An accountId that begins with '!' means
/// any other account.
using PolicyPattern = std::map<std::string, std::string>;

/// A set of accesses: who, to what, with which role.
struct AccessPattern {
  PolicyPattern parts;             // with "source." or "target." before each name
  std::vector<std::string> roles;  // globs of display names or of CRNs; empty: any role
  SourcePos position;              // of the pattern in its manifest

  bool operator==(const AccessPattern&) const = default;
};

enum class AssertionRule { never, always, only };

struct Assertion {
  std::string name;              // metadata.name
  std::string description = {};  // may be empty
  SourcePos position = {};       // of the name
  std::vector<AccessPattern> never = {};
  std::vector<AccessPattern> always = {};
  std::vector<AccessPattern> only = {};

  bool operator==(const Assertion&) const = default;
};

/// Undecided never counts as holds.
enum class Verdict { holds, violated, undecided };

/// Why an assertion is violated, or cannot be decided.
struct AssertionFinding {
  Verdict verdict = Verdict::violated;  // never `holds`
  AssertionRule rule = AssertionRule::never;
  SourcePos pattern = {};         // its position
  std::string pattern_text = {};  // "source.accountId: !own, target.serviceName: kms"
  // The matching policy or grant; all empty under `always`, if nothing matches.
  PolicyId id = {};      // of a policy; empty for a grant
  IamId author = {};     // who made the policy
  SourcePos grant = {};  // of a grant
  std::optional<PolicyContent> content = {};

  bool operator==(const AssertionFinding&) const = default;
};

struct AssertionResult {
  std::string name;
  SourcePos position;
  Verdict verdict = Verdict::holds;  // the worst of the findings
  std::size_t violations = 0;
  std::size_t undecided = 0;
  std::vector<AssertionFinding> findings = {};  // the first kMostFindings; violations first

  bool operator==(const AssertionResult&) const = default;
};

inline constexpr std::size_t kMostFindings = 20;

/// An assertion of the previous revision that this one removes or changes.
struct AssertionChange {
  std::string name;
  bool is_removed = false;

  bool operator==(const AssertionChange&) const = default;
};

/// "never", …
inline std::string_view to_string(AssertionRule rule) {
  constexpr std::array<std::string_view, 3> kWords{"never", "always", "only"};
  return kWords.at(static_cast<std::size_t>(rule));
}

/// "holds", …
inline std::string_view to_string(Verdict verdict) {
  constexpr std::array<std::string_view, 3> kWords{"holds", "violated", "undecided"};
  return kWords.at(static_cast<std::size_t>(verdict));
}

}  // namespace authzd
