// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/query.hpp"

#include <charconv>

namespace authzd::sandbox {
namespace {

std::string url_decode(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* hex = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(hex, hex + 2, value, 16).ptr == hex + 2) {
      decoded += static_cast<char>(value);
      i += 2;
    } else {
      decoded += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

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
    params.emplace(url_decode(part.substr(0, equals), true), url_decode(value, true));
  });
  return params;
}

Target parse_target(std::string_view target) {
  Target parsed;
  const auto mark = target.find('?');
  split(target.substr(0, mark), '/', [&](std::string_view part) {
    if (!part.empty()) parsed.path.push_back(url_decode(part, false));
  });
  if (mark != std::string_view::npos) parsed.query = parse_form(target.substr(mark + 1));
  return parsed;
}

std::string param(const std::map<std::string, std::string>& params, const std::string& name) {
  const auto found = params.find(name);
  return found == params.end() ? std::string() : found->second;
}

}  // namespace authzd::sandbox
