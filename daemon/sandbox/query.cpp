// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/query.hpp"

#include "reconciler/base/encoding.hpp"

namespace authzd::sandbox {
namespace {

// Calls `each` with the parts of `text` between separators.
template <class Each>
void split(std::string_view text, char separator, Each each) {
  while (!text.empty()) {
    const auto end = text.find(separator);
    each(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::map<std::string, std::string> parse_form(std::string_view text) {
  std::map<std::string, std::string> params;
  split(text, '&', [&](std::string_view part) {
    const auto equals = std::min(part.find('='), part.size());
    const auto value = part.substr(std::min(equals + 1, part.size()));
    params.emplace(percent_decoded(part.substr(0, equals), Plus::blank),
                   percent_decoded(value, Plus::blank));
  });
  return params;
}

Target parse_target(std::string_view target) {
  Target parsed;
  const auto mark = target.find('?');
  split(target.substr(0, mark), '/', [&](std::string_view part) {
    if (!part.empty()) parsed.path.push_back(percent_decoded(part));
  });
  if (mark != std::string_view::npos) parsed.query = parse_form(target.substr(mark + 1));
  return parsed;
}

std::string param(const std::map<std::string, std::string>& params, const std::string& name) {
  const auto found = params.find(name);
  return found == params.end() ? std::string() : found->second;
}

}  // namespace authzd::sandbox
