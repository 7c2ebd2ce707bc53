// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan as a pull-request comment: counts first, a table of what would run, long parts folded
// away. Text from manifests and from IAM is shown as text: it can neither format, link, nor call
// people.
#pragma once

#include "reconciler/report/plan_text.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// Colour is ignored. Ends in the line of summary_line(), then a newline.
std::string plan_markdown(const Plan& plan, const TextOptions& options);

/// Text that GitHub and GitLab render as these very characters, in a table cell too.
std::string markdown_escape(std::string_view text);

}  // namespace authzd
