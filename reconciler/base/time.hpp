// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Points in time as values: nothing here reads a clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// UTC, milliseconds: the precision of IAM's own timestamps.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339 with an offset or "Z" ("2026-01-31T08:00:00.5+02:00"); none for anything else.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// "2026-01-31T06:00:00Z", with milliseconds only if they are not zero.
std::string to_rfc3339(Timestamp time);

/// The date of an HTTP header (RFC 9110, IMF-fixdate): "Tue, 15 Nov 1994 08:12:31 GMT".
std::optional<Timestamp> parse_http_date(std::string_view text);

/// "90s", "5m", "24h", "30d", "1h30m", "500ms": digits and unit, largest unit first. None for
/// anything else, for a negative value and on overflow.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration reads as the same value: "1h30m".
std::string to_string(std::chrono::milliseconds duration);

}  // namespace authzd
