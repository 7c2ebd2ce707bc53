// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Patches that take grants out of the text of manifests. Texts are edited by lines, without a
// parser: the caller loads the result, and compares what it grants.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace authzd {

/// Lines, counted from 1.
using LineSet = std::set<std::size_t>;

/// The lines of the document of a multi-document text that has this line; its separator is among
/// them, unless it is the first document. None: there is no such line.
std::optional<LineSet> document_lines(std::string_view text, std::size_t line);

/// The lines of the item of a block list that begins in this line. None: none begins there.
std::optional<LineSet> item_lines(std::string_view text, std::size_t line);

std::string without_lines(std::string_view text, const LineSet& lines);

/// "--- a/FILE", "+++ b/FILE" and the hunks, as `git apply` and `patch -p1` read them: of an
/// absolute path, in the root directory. Empty: no line is removed.
std::string removal_patch(std::string_view file, std::string_view text, const LineSet& lines);

}  // namespace authzd
