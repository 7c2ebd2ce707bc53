// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What clients have not read.

#include "daemon/admin/event_queue.hpp"

#include "tests/support/run_async.hpp"

#include <gtest/gtest.h>

#include <string>

namespace authzd {
namespace {

class EventQueueTest : public testing::Test {
 protected:
  /// All lines that are left; an error where the client was given up.
  Result<std::string> lines_of(EventQueue& queue) {
    queue.finish();
    std::string all;
    while (true) {
      auto lines = test::run(io_, queue.next());
      if (!lines || lines->empty()) return lines ? Result<std::string>(all) : lines;
      all += *lines;
    }
  }

  static CommandEvent out(std::size_t size) {
    return {.kind = EventKind::out, .text = std::string(size, 'x')};
  }

  boost::asio::io_context io_{1};
  UnreadEvents unread_{1000};
};

TEST_F(EventQueueTest, GivesUpTheClientThatHasLeftTheMostAndNoOther) {
  EventQueue idle(io_.get_executor(), unread_);
  EventQueue busy(io_.get_executor(), unread_);
  idle.add(out(900));
  busy.add(out(200));

  EXPECT_FALSE(lines_of(idle));
  EXPECT_EQ(lines_of(busy), encode_line(out(200)));
}

TEST_F(EventQueueTest, HasRoomAgainForWhatWasReadGivenUpOrLeft) {
  {
    EventQueue left(io_.get_executor(), unread_);
    left.add(out(600));
  }
  EventQueue read(io_.get_executor(), unread_);
  read.add(out(600));
  EXPECT_TRUE(lines_of(read));
  EventQueue given_up(io_.get_executor(), unread_);
  given_up.add(out(1001));

  EventQueue last(io_.get_executor(), unread_);
  last.add(out(1000));
  EXPECT_EQ(lines_of(last), encode_line(out(1000)));
}

TEST_F(EventQueueTest, JoinsTextsOfOneKindAndKeepsTheOrderOfAll) {
  EventQueue queue(io_.get_executor(), unread_);
  queue.add({.kind = EventKind::out, .text = "a"});
  queue.add({.kind = EventKind::out, .text = "b"});
  queue.add({.kind = EventKind::err, .text = "c"});
  queue.add({.kind = EventKind::out, .text = "d"});
  queue.add({.kind = EventKind::exit, .code = 3});

  EXPECT_EQ(lines_of(queue), "{\"out\":\"ab\"}\n{\"err\":\"c\"}\n{\"out\":\"d\"}\n{\"exit\":3}\n");
}

TEST_F(EventQueueTest, MovesWhatItHasAndWhetherItWasGivenUp) {
  EventQueue held_back(io_.get_executor(), unread_);
  EventQueue events(io_.get_executor(), unread_);
  held_back.add(out(400));

  held_back.move_to(events);

  EXPECT_EQ(lines_of(events), encode_line(out(400)));
  EventQueue large(io_.get_executor(), unread_);
  EventQueue other(io_.get_executor(), unread_);
  large.add(out(1001));
  large.move_to(other);
  EXPECT_FALSE(lines_of(other)) << "a client must not take the rest for all";
}

}  // namespace
}  // namespace authzd
