// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The tokens of HTTP/1.1 (RFC 9110 §5.6, RFC 9112 §3), for both reading and writing messages, so
// that the two agree on them.
#pragma once

#include <string_view>

namespace authzd {

/// A method, the name of a field, a coding.
bool is_token(std::string_view text);

/// The value of a field: no control character but the tab.
bool is_field_value(std::string_view text);

/// A request target: visible ASCII and nothing else.
bool is_target(std::string_view text);

/// The value of Host: a name or an address, perhaps with a port; or empty.
bool is_host(std::string_view text);

/// One line of a header or trailer section, without its line end: name, colon, value.
bool is_field_line(std::string_view line);

/// What may follow the size of a chunk: `;name`, `;name=token` or `;name="quoted"`, repeated.
bool is_chunk_extension(std::string_view text);

}  // namespace authzd
