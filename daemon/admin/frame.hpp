// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Frames of the admin socket: one byte that says what it is, four bytes of length (big-endian), and
// so many bytes. Nothing here knows what they mean.
#pragma once

#include "daemon/net/byte_stream.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// The first frame of each side is a hello, whose form never changes: it is how two versions find
/// out that they differ.
enum class FrameKind : char {
  hello = 'h',    // both: JSON
  refused = 'r',  // server: why, for the person; then it closes
  call = 'c',     // client: JSON, once
  out = 'o',      // server: bytes for standard output
  err = 'e',      // server: bytes for standard error
  ask = 'q',      // server: a question; the client replies
  file = 'f',     // server: the path of a file to write; `data` and `end` follow
  data = 'd',     // server: bytes of that file
  end = 'z',      // server: the file is whole; the client replies
  reply = 'a',    // client: JSON
  exit = 'x',     // server: JSON, the last frame
};

struct Frame {
  FrameKind kind = FrameKind::hello;
  std::string payload;

  bool operator==(const Frame&) const = default;
};

/// What a payload may hold; longer texts go in several frames.
inline constexpr std::size_t kMaxFrame = 256U << 10U;

/// `payload` is at most kMaxFrame long.
std::string encode_frame(FrameKind kind, std::string_view payload);

/// Cuts frames out of a stream, which must outlive it.
class FrameReader {
 public:
  explicit FrameReader(ByteStream& stream) : stream_(stream) {}

  /// The next frame; nothing where the other side has closed between two frames.
  /// Errors: bad_response (unknown kind, too long, closed within a frame); those of the stream.
  Async<std::optional<Frame>> next();

 private:
  /// The frame at the beginning of what has been read, if it is whole.
  Result<std::optional<Frame>> cut();

  ByteStream& stream_;
  std::string input_;
};

}  // namespace authzd
