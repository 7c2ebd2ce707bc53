// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The admin socket: the first line says in what pieces the rest arrives, which is frames, and JSON
// in some of them. However it is cut, the same frames are read from it.
#include "daemon/admin/frame.hpp"
#include "daemon/admin/messages.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/support/run_async.hpp"

#include <algorithm>
#include <deque>

namespace authzd::fuzz {
namespace {

/// A stream whose other side has sent all that it will.
class Sent final : public ByteStream {
 public:
  explicit Sent(const std::vector<std::string_view>& sent) : pieces_(sent.begin(), sent.end()) {}

  Async<std::size_t> read_some(std::span<char> into) override {
    if (pieces_.empty()) co_return 0;
    std::string_view& piece = pieces_.front();
    const std::size_t size = std::min(piece.size(), into.size());
    std::ranges::copy(piece.substr(0, size), into.begin());
    piece.remove_prefix(size);
    if (piece.empty()) pieces_.pop_front();
    co_return size;
  }
  Async<std::size_t> write(std::string_view bytes) override { co_return bytes.size(); }
  boost::asio::awaitable<void> finish() override { co_return; }
  void reset() override {}
  bool is_quiet() override { return false; }

 private:
  std::deque<std::string_view> pieces_;
};

struct Read {
  std::vector<Frame> frames;
  std::string problem;

  bool operator==(const Read&) const = default;
};

boost::asio::awaitable<Read> read_all(FrameReader& reader  // coroutine-ref: the awaiter's
) {
  Read read;
  while (true) {
    auto frame = co_await reader.next();
    if (!frame) read.problem = frame.error().message;
    if (!frame || !*frame) co_return read;
    read.frames.push_back(std::move(**frame));
  }
}

Read frames_of(const std::vector<std::string_view>& sent) {
  boost::asio::io_context io{1};
  Sent stream(sent);
  FrameReader reader(stream);
  return test::run(io, read_all(reader));
}

template <class Message>
void check_message(const Result<Message>& message, Result<Message> (*read)(std::string_view)) {
  if (!message) {
    promise_showable(to_string(message.error()), "why a message is refused may be shown");
    return;
  }
  const auto again = read(encode(*message));
  promise(again && *again == *message, "a message that is written is read as the same");
}

void check_payload(std::string_view payload) {
  check_message(parse_hello(payload), parse_hello);
  check_message(parse_call(payload), parse_call);
  check_message(parse_reply(payload), parse_reply);
  const auto code = parse_exit(payload);
  promise(!code || parse_exit(encode_exit(*code)).value() == *code, "an exit code is read again");
}

}  // namespace

void admin_frames(std::string_view input) {
  const auto sizes = take_line(input);
  const Read whole = frames_of(pieces(input, ""));
  promise(frames_of(pieces(input, sizes)) == whole, "pieces do not change what is read");
  promise_showable(whole.problem, "what is wrong with a stream may be shown");
  std::string again;
  for (const Frame& frame : whole.frames) {
    promise(frame.payload.size() <= kMaxFrame, "a frame is within its limit");
    again += encode_frame(frame.kind, frame.payload);
    check_payload(frame.payload);
  }
  promise(input.starts_with(again), "frames that are written again are the same bytes");
  check_payload(input);
}

}  // namespace authzd::fuzz
