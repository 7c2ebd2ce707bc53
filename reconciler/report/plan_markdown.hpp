// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A plan as a pull-request comment: counts first, a table of the actions, long parts collapsed.
// Text from manifests and from IAM is escaped: it cannot format, link, or mention people.
#pragma once

#include "reconciler/report/plan_text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

/// Bytes of a comment with the plans of all accounts; GitHub takes 65,536 characters.
inline constexpr std::size_t kMarkdownLimit = 59'000;

/// Ignores the style. Ends with the line of summary_line() and a newline. Where it would have more
/// than `limit` bytes, rows are left out and counted; of a long table deletes come first. What is
/// not in a row (counts, holds, hashes, commands) is always there.
std::string plan_markdown(const Plan& plan,
                          const TextOptions& options,
                          std::size_t limit = kMarkdownLimit);

/// Text that GitHub and GitLab render as exactly these characters, also in a table cell.
std::string markdown_escape(std::string_view text);

}  // namespace authzd
