// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A source or a target as the lines of a manifest. Private to this folder.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/policy.hpp"

#include <string>
#include <vector>

namespace authzd::report {

/// Why a manifest cannot express this content; empty if it can.
std::string why_not_exportable(const PolicyContent& content, const AccountId& account);

/// Whether a manifest needs spec.wide: true for this content.
bool is_wide(const PolicyContent& content);

/// Lines without indentation: the shorthand of each attribute that has one, then `attributes:`.
std::vector<std::string> source_lines(const AttributeSet& subject, const AccountId& account);
std::vector<std::string> target_lines(const AttributeSet& resource);

}  // namespace authzd::report
