// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The YAML of manifests: one scalar so that every parser reads it as the same string, where only
// plain words go without quotes; and a source or a target as the lines of a manifest.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/policy.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Plain or double-quoted, on one line, for block and flow context. Bytes that are not UTF-8 become
/// U+FFFD, because YAML cannot express them.
std::string yaml_string(std::string_view text);

/// The same for a value in `spec`, where "${" would begin a parameter.
std::string spec_string(std::string_view text);

/// True for UTF-8 without control characters: valid in a manifest, and readable.
bool is_plain_line(std::string_view text);

}  // namespace authzd

namespace authzd::report {

/// Why a manifest cannot express this content; empty if it can.
std::string why_not_exportable(const PolicyContent& content, const AccountId& account);

/// Whether a manifest needs spec.wide: true for this content.
bool is_wide(const PolicyContent& content);

/// Lines without indentation: the shorthand of each attribute that has one, then `attributes:`.
std::vector<std::string> source_lines(const AttributeSet& subject, const AccountId& account);
std::vector<std::string> target_lines(const AttributeSet& resource);

}  // namespace authzd::report
