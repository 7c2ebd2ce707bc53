// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The values that a manifest may contain, as plain predicates. The loader refuses by them, and the
// exporter omits by them, so that an export always loads. Texts are UTF-8; invalid UTF-8 matches
// none.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace authzd {

inline constexpr std::size_t kMaxValueLength = 1'000;  // characters; IAM's own limit
inline constexpr std::size_t kMaxAnyOf = 10;  // values of an any-of operator; IAM's own limit
/// Characters. IAM's limit is not known; IBM's modules write up to 216 (iam-api §12).
inline constexpr std::size_t kMaxDescriptionLength = 1'000;
inline constexpr std::string_view kMarkerBegin = "(authzd:";

/// UTF-8 without control characters, except line breaks and tabs.
bool is_text(std::string_view text);

/// One line of 1 to 1,000 characters, without tabs: IAM's limit for an attribute's value or name.
bool is_attribute_value(std::string_view text);

/// Up to 1,000 characters, without the start of a marker and without white space at its ends.
bool is_description(std::string_view text);

/// A display name or a CRN: one line, not empty, without white space at its ends.
bool is_role_text(std::string_view text);

bool is_crn(std::string_view text);

/// The attributes that IAM accepts for a source; a target may have others (iam-api §5).
inline constexpr std::array<std::string_view, 7> kSubjectAttributes{"serviceName",
                                                                    "serviceInstance",
                                                                    "region",
                                                                    "resourceType",
                                                                    "resource",
                                                                    "resourceGroupId",
                                                                    "accountId"};
bool is_subject_attribute(std::string_view name);

/// The one of them that `name` equals except for its case; empty if none, or if it is one itself.
std::string_view miscased_attribute(std::string_view name);

/// Letters, digits, '-', '_' and '.'; not the console's form for a part of VPC ("is.share").
bool is_service_name(std::string_view text);

/// Neither a CRN nor a key pasted in the wrong place. Most are GUIDs; clusters have 20 letters and
/// digits, parts of VPC "r006-" and a GUID (iam-api §5).
bool is_instance_id(std::string_view text);
bool is_usual_instance_id(std::string_view text);

/// Most resource group ids have 32 hex digits; anything but a CRN is accepted.
bool is_usual_resource_group_id(std::string_view text);

}  // namespace authzd
