// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A policy for the exporter, built from imported data, that looks like one of ours: so all imports
// follow the rules of an export. Private to this folder.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/policy.hpp"

#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::string_view kStandInOwner = "import";

/// Used if the account is unknown: no account has this id, so every source's account is written
/// out.
inline const AccountId kNoAccount{"00000000000000000000000000000000"};

/// `content` has display names instead of CRNs, and no marker in its description.
Observed stand_in(PolicyContent content, const std::string& name, bool is_protected);

}  // namespace authzd
