// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/frame.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kHead = 5;
constexpr std::string_view kKinds = "hrcoeqfdzax";

std::size_t length_in(std::string_view head) {
  std::size_t length = 0;
  for (const char each : head.substr(1, kHead - 1)) {
    length = (length << 8U) | static_cast<std::uint8_t>(each);
  }
  return length;
}

}  // namespace

std::string encode_frame(FrameKind kind, std::string_view payload) {
  std::string bytes(1, static_cast<char>(kind));
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes += static_cast<char>((payload.size() >> shift) & 0xffU);
  }
  return bytes.append(payload);
}

Result<std::optional<Frame>> FrameReader::cut() {
  if (input_.empty()) return std::nullopt;
  if (kKinds.find(input_.front()) == std::string_view::npos) {
    return Error{ErrorCode::bad_response, "this is not the protocol of authzd's admin socket"};
  }
  if (input_.size() < kHead) return std::nullopt;
  const std::size_t length = length_in(input_);
  if (length > kMaxFrame) {
    return Error{ErrorCode::bad_response,
                 "a frame of " + std::to_string(length) + " bytes is more than the " +
                     std::to_string(kMaxFrame) + " that may be sent at once"};
  }
  if (input_.size() < kHead + length) return std::nullopt;
  Frame frame{static_cast<FrameKind>(input_.front()), input_.substr(kHead, length)};
  input_.erase(0, kHead + length);
  return frame;
}

Async<std::optional<Frame>> FrameReader::next() {
  std::array<char, 16U << 10U> part;
  while (true) {
    auto frame = cut();
    if (!frame || *frame) co_return frame;
    const auto size = co_await stream_.read_some(part);
    if (!size) co_return size.error();
    if (*size == 0) {
      if (input_.empty()) co_return std::nullopt;
      co_return Error{ErrorCode::bad_response, "the connection was closed within a frame"};
    }
    input_.append(part.data(), *size);
  }
}

}  // namespace authzd
