// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a manifest may say, as plain predicates: the loader refuses by them, and the exporter leaves
// out by them, so that what is exported always loads. Texts are UTF-8; a text that is not fits
// none.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace authzd {

inline constexpr std::size_t kMaxValueLength = 1'000;  // characters; IAM's own limit
inline constexpr std::size_t kMaxAnyOf = 10;           // values of an any-of operator; IAM's own
/// Characters. IAM's limit is not known; IBM's modules write up to 216 (iam-api §12).
inline constexpr std::size_t kMaxDescriptionLength = 1'000;
inline constexpr std::string_view kMarkerBegin = "(authzd:";

/// UTF-8 without control characters, but for line breaks and tabs.
bool is_text(std::string_view text);

/// One line of 1 to 1,000 characters, without tabs: what IAM takes as an attribute's value or name.
bool is_attribute_value(std::string_view text);

/// Up to 1,000 characters, without a marker's beginning and without white space at its ends.
bool is_description(std::string_view text);

/// A display name or a CRN: one line, not empty, without white space at its ends.
bool is_role_text(std::string_view text);

bool is_crn(std::string_view text);

/// The attributes that IAM takes of a source; a target may have others (iam-api §5).
inline constexpr std::array<std::string_view, 7> kSubjectAttributes{"serviceName",
                                                                    "serviceInstance",
                                                                    "region",
                                                                    "resourceType",
                                                                    "resource",
                                                                    "resourceGroupId",
                                                                    "accountId"};
bool is_subject_attribute(std::string_view name);

/// The one of them that `name` is but for its case; empty where it is none, or is one itself.
std::string_view miscased_attribute(std::string_view name);

/// Of letters, digits, '-', '_' and '.', and not the console's way to name a part of VPC
/// ("is.share").
bool is_service_name(std::string_view text);

/// Neither a CRN nor what looks like a key pasted in the wrong place. Most are GUIDs; clusters have
/// 20 letters and digits, parts of VPC "r006-" and a GUID (iam-api §5).
bool is_instance_id(std::string_view text);
bool is_usual_instance_id(std::string_view text);

/// Most resource groups' ids have 32 hex digits; any but a CRN is taken.
bool is_usual_resource_group_id(std::string_view text);

}  // namespace authzd
