// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Patterns of manifests and rails: a line of inner ones and a line of outer ones, each with blanks
// between, and then texts, a line each.
#include "reconciler/pattern/globs.hpp"

#include "tests/fuzz/promises.hpp"

#include <algorithm>

namespace authzd::fuzz {
namespace {

/// By trying, as a person would: slow, and without a doubt.
bool matches(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob.front() == '*') {
    return matches(glob.substr(1), text) || (!text.empty() && matches(glob, text.substr(1)));
  }
  const bool fits = !text.empty() && (glob.front() == '?' || glob.front() == text.front());
  return fits && matches(glob.substr(1), text.substr(1));
}

bool matches_any(const std::vector<std::string>& globs, std::string_view text) {
  return std::ranges::any_of(globs,
                             [text](const std::string& glob) { return matches(glob, text); });
}

std::vector<std::string> globs_in(std::string_view line) {
  const auto found = parts(line, ' ');
  return {found.begin(), found.end()};
}

/// Small enough for trying.
bool is_small(const std::vector<std::string>& globs) {
  return std::ranges::all_of(globs, [](const std::string& glob) {
    return glob.size() <= 16 && std::ranges::count(glob, '*') <= 4;
  });
}

}  // namespace

void globs(std::string_view input) {
  const auto inner = globs_in(take_line(input));
  const auto outer = globs_in(take_line(input));
  const bool is_within = fits_within(inner, outer);
  promise(fits_within(inner, inner), "a set is within itself");
  const std::vector<std::string> all{"*"};
  promise(fits_within(outer, all), "everything is within '*'");
  if (!is_within || !is_small(inner) || !is_small(outer)) return;
  for (const std::string_view text : parts(input, '\n')) {
    if (text.size() > 16 || !matches_any(inner, text)) continue;
    promise(matches_any(outer, text), "what fits the inner set fits the outer one");
  }
}

}  // namespace authzd::fuzz
