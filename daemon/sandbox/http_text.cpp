// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/http_text.hpp"

#include "reconciler/base/encoding.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

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

std::string http_date(Timestamp time) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - days));
  std::array<char, 64> text{};
  std::snprintf(text.data(),
                text.size(),
                "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday(days).c_encoding()],
                static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace authzd::sandbox
