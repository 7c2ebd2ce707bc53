// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A report as an HTML file that needs nothing else: its styles are in it, and nothing is loaded or
// run.
#pragma once

#include "reconciler/report/report_table.hpp"

#include <string>

namespace authzd::console {

/// Ends in a newline. Texts are escaped, so that names from outside can only become text.
std::string report_file(const ReportTable& table);

}  // namespace authzd::console
