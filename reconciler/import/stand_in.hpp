// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is to become a manifest, as a policy that the exporter takes for one of ours: so that all
// that is imported is written by the rules of an export. Private to this folder.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/policy.hpp"

#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::string_view kStandInOwner = "import";

/// In place of the account that nobody names: none has this id, so every source's is written out.
inline const AccountId kNoAccount{"00000000000000000000000000000000"};

/// `content` has display names in place of CRNs, and no marker in its description.
Observed stand_in(PolicyContent content, const std::string& name, bool is_protected);

}  // namespace authzd
