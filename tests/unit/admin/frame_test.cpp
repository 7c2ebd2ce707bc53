// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/frame.hpp"

#include "tests/support/run_async.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace authzd::test {
namespace {

using testing::HasSubstr;

/// A stream that returns given bytes, a few at a time.
class FedStream final : public ByteStream {
 public:
  FedStream(std::string bytes, std::size_t at_a_time)
      : bytes_(std::move(bytes)), at_a_time_(at_a_time) {}

  Async<std::size_t> read_some(std::span<char> into) override {
    const std::size_t size = std::min({at_a_time_, into.size(), bytes_.size()});
    std::copy_n(bytes_.begin(), size, into.begin());
    bytes_.erase(0, size);
    co_return size;
  }
  Async<std::size_t> write(std::string_view bytes) override { co_return bytes.size(); }
  boost::asio::awaitable<void> finish() override { co_return; }
  void reset() override {}
  bool is_quiet() override { return true; }

 private:
  std::string bytes_;
  std::size_t at_a_time_;
};

/// What was read from `bytes`: the frames, and the error that ended it, if any.
struct Read {
  std::vector<Frame> frames;
  std::string error;
};

Read read_all(const std::string& bytes, std::size_t at_a_time) {
  boost::asio::io_context io(1);
  FedStream stream(bytes, at_a_time);
  FrameReader reader(stream);
  Read read;
  while (true) {
    const auto frame = run(io, reader.next());
    if (!frame) read.error = frame.error().message;
    if (!frame || !*frame) return read;
    read.frames.push_back(**frame);
  }
}

TEST(Frames, AreReadHoweverTheyAreCut) {
  const std::string bytes = encode_frame(FrameKind::out, "a plan\n") +
                            encode_frame(FrameKind::end, "") +
                            encode_frame(FrameKind::exit, std::string("\0\xff", 2));
  const std::vector<Frame> frames{{FrameKind::out, "a plan\n"},
                                  {FrameKind::end, ""},
                                  {FrameKind::exit, std::string("\0\xff", 2)}};

  for (const std::size_t at_a_time : {1U, 2U, 5U, 7U, 1000U}) {
    const Read read = read_all(bytes, at_a_time);

    EXPECT_EQ(read.frames, frames) << at_a_time;
    EXPECT_EQ(read.error, "");
  }
}

TEST(Frames, TakeTheLongestAllowed) {
  const std::string payload(kMaxFrame, 'x');

  const Read read = read_all(encode_frame(FrameKind::data, payload), 100'000);

  ASSERT_EQ(read.frames.size(), 1U) << read.error;
  EXPECT_EQ(read.frames.front().payload, payload);
}

TEST(Frames, RefuseALongerOneBeforeItIsRead) {
  const std::string head("a\x00\x04\x00\x01", 5);

  const Read read = read_all(head, 5);

  EXPECT_THAT(read.error, HasSubstr("262145 bytes"));
}

TEST(Frames, RefuseWhatIsNoneOfThem) {
  EXPECT_THAT(read_all("GET / HTTP/1.1\r\n", 100).error, HasSubstr("not the protocol"));
}

TEST(Frames, TellAnEndWithinAFrameFromOneBetweenTwo) {
  const std::string whole = encode_frame(FrameKind::out, "text");

  EXPECT_EQ(read_all(whole, 3).error, "");
  EXPECT_THAT(read_all(whole.substr(0, whole.size() - 1), 3).error, HasSubstr("within a frame"));
}

}  // namespace
}  // namespace authzd::test
