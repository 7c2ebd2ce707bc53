// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The body of an HTTP/1 message, read in pieces of any size (RFC 9112 §6 and §7).
#pragma once

#include "daemon/net/http_framing.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace authzd {

struct ParseLimits {
  std::size_t max_header = 32U << 10U;  // of a head; also of everything between chunks, together
  std::size_t max_body = 64U << 20U;
};

/// Trailers are checked and dropped: RFC 9112 §7.1.2 forbids merging them into the header. Chunk
/// extensions are checked and ignored.
class BodyReader {
 public:
  BodyReader(Framing framing, ParseLimits limits);

  /// Consumes what it can from the front of `input`; true when the body is complete.
  /// Errors: rejected; `detail.http_status` is 400 or 413.
  Result<bool> feed(std::string& input);

  /// The peer has ended the stream in good order. False if that truncates the body.
  bool end();

  /// What has been read since the last call.
  [[nodiscard]] std::string take() { return std::exchange(body_, {}); }

 private:
  enum class Part { size_line, data, line_after_data, trailer, done };

  Result<void> step(std::string_view& rest);
  Result<void> take_line(std::string_view line);
  Result<void> begin_chunk(std::string_view line);
  void take_data(std::string_view& rest);
  [[nodiscard]] Result<void> check_room(std::uint64_t more) const;

  Framing framing_;
  ParseLimits limits_;
  Part part_;
  std::uint64_t left_ = 0;   // of the current chunk or body
  std::size_t between_ = 0;  // bytes of extensions and trailers so far
  std::string body_;
};

}  // namespace authzd
