// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The picture of who may reach what as SVG, on a page and as a file of its own, and the same as a
// table.
#pragma once

#include "daemon/console/html.hpp"
#include "reconciler/report/reach_picture.hpp"

#include <functional>
#include <string>

namespace authzd::console {

/// An SVG whose nodes lead to `target_of` them, and whose edges to their lines in the table.
Markup reach_svg(const ReachPicture& picture,
                 const std::function<std::string(const ReachNode&)>& target_of);

/// The same as a file that needs nothing else: without links, with its styles, for light and dark
/// ground, and with what the signs mean. Ends in a newline.
std::string reach_svg_file(const ReachPicture& picture);

/// The same as a table.
Markup reach_table(const ReachPicture& picture);

/// What the signs mean.
Markup reach_legend();

}  // namespace authzd::console
