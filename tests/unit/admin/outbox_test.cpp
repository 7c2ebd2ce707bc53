// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What clients do not read.

#include "daemon/admin/outbox.hpp"

#include "tests/support/run_async.hpp"

#include <gtest/gtest.h>

#include <string>

namespace authzd {
namespace {

/// A client that reads everything it is sent.
class Reader final : public ByteStream {
 public:
  Async<std::size_t> read_some(std::span<char>) override { co_return 0U; }
  Async<std::size_t> write(std::string_view bytes) override {
    received += bytes;
    co_return bytes.size();
  }
  boost::asio::awaitable<void> finish() override { co_return; }
  void reset() override { is_closed = true; }
  bool is_quiet() override { return true; }

  std::string received;
  bool is_closed = false;
};

class OutboxTest : public testing::Test {
 protected:
  /// What a client receives if it begins to read now.
  std::string sent_from(Outbox& outbox) {
    Reader reader;
    outbox.finish();
    const auto send = [&]() -> boost::asio::awaitable<bool> {
      co_await outbox.send_to(reader, std::chrono::minutes(1));
      co_return true;
    };
    test::run(io_, send());
    EXPECT_TRUE(reader.is_closed);
    return reader.received;
  }

  boost::asio::io_context io_{1};
  Unread unread_{1000};
};

TEST_F(OutboxTest, GivesUpTheClientThatHasLeftTheMostAndNoOther) {
  Outbox idle(io_.get_executor(), unread_);
  Outbox busy(io_.get_executor(), unread_);
  idle.add(FrameKind::out, std::string(900, 'i'));
  busy.add(FrameKind::out, std::string(200, 'b'));

  EXPECT_EQ(sent_from(idle), "");
  EXPECT_EQ(sent_from(busy), encode_frame(FrameKind::out, std::string(200, 'b')));
}

TEST_F(OutboxTest, HasRoomAgainForWhatWasReadGivenUpOrLeft) {
  {
    Outbox left(io_.get_executor(), unread_);
    left.add(FrameKind::out, std::string(600, 'x'));
  }
  Outbox read(io_.get_executor(), unread_);
  read.add(FrameKind::out, std::string(600, 'x'));
  EXPECT_NE(sent_from(read), "");
  Outbox given_up(io_.get_executor(), unread_);
  given_up.add(FrameKind::out, std::string(1001, 'x'));

  Outbox last(io_.get_executor(), unread_);
  last.add(FrameKind::out, std::string(1000, 'x'));
  EXPECT_NE(sent_from(last), "");
}

}  // namespace
}  // namespace authzd
