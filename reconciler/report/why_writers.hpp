// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The answers to a question of `why`, as text, JSON and YAML, and the manifests alone.
#pragma once

#include "reconciler/report/why.hpp"
#include "reconciler/report/why_missing.hpp"

#include <span>
#include <string>

namespace authzd {

/// Raised when a member changes its meaning or is removed, not when one is added.
inline constexpr int kWhyFormatVersion = 1;

/// What one account answers, and what it lacks for a yes.
struct WhyReply {
  WhyQuestion question;  // its account on both sides where none is named
  WhyResult result;
  WhyMissing missing = {};  // of the role `proposed`; both empty where the answer is yes
  std::vector<std::string> proposed = {};  // the roles of the manifest
  RoleNames names = {};
};

/// Each account that may permit it, with its policies; those that do not, by name; then the
/// manifests that they lack, each once.
std::string why_text(std::span<const WhyReply> replies);

/// {"formatVersion", "answers": […]} in the order of the replies, with a final newline
/// (daemon/docs/why.md).
std::string why_json(std::span<const WhyReply> replies);
std::string why_yaml(std::span<const WhyReply> replies);

/// The manifests alone, each once; empty where nothing is missing.
std::string why_manifests(std::span<const WhyReply> replies);

}  // namespace authzd
