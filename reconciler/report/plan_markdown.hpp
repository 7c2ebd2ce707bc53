// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan as a pull-request comment: counts first, a table of the actions, long parts collapsed.
// Text from manifests and from IAM is escaped: it cannot format, link, or mention people.
#pragma once

#include "reconciler/report/plan_text.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// Ignores the style. Ends with the line of summary_line() and a newline.
std::string plan_markdown(const Plan& plan, const TextOptions& options);

/// Text that GitHub and GitLab render as exactly these characters, also in a table cell.
std::string markdown_escape(std::string_view text);

}  // namespace authzd
