// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who may reach what as text, as JSON, and as the sources of pictures that other programs draw.
// Names from outside can become labels, and nothing else.
#pragma once

#include "reconciler/report/reach.hpp"
#include "reconciler/report/reach_picture.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace authzd {

/// Raised when a member changes its meaning or is removed, not when one is added.
inline constexpr int kReachFormatVersion = 1;

/// A line for each pair of a source and a target, with all their roles, sorted; the last line
/// counts. `accounts`: of which the policies are; with several, the first column names each.
std::string reach_text(std::span<const Reached> policies,
                       std::size_t accounts,
                       std::size_t width = 0);

/// {"formatVersion", "pairs": […]}, indented, in the order of the text, with a final newline
/// (daemon/docs/reach.md). Independent of the order of the policies.
std::string reach_json(std::span<const Reached> policies);

/// The language of Graphviz: everything in the picture, whatever the limits of a drawing are.
std::string reach_dot(const ReachPicture& picture);

/// A flowchart for Markdown, as GitHub and GitLab draw it.
std::string reach_mermaid(const ReachPicture& picture);

/// What the picture does not show each by itself, in a sentence; empty: it shows everything.
std::string left_out_text(const ReachPicture& picture);

}  // namespace authzd
