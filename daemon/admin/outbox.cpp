// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/outbox.hpp"

#include "daemon/net/deadline.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kPiece = 64U << 10U;  // what one frame is filled up to

bool joins(FrameKind kind) {
  return kind == FrameKind::out || kind == FrameKind::err || kind == FrameKind::data;
}

}  // namespace

void Unread::settle() {
  while (total_ > most_) {
    (*std::ranges::max_element(boxes_, {}, [](const Outbox* box) {
      return box->size_;
    }))->give_up();
  }
}

Outbox::Outbox(const boost::asio::any_io_executor& executor, Unread& unread)
    : unread_(unread), changed_(executor, boost::asio::steady_timer::time_point::max()) {
  unread_.boxes_.push_back(this);
}

Outbox::~Outbox() {
  unread_.total_ -= size_;
  std::erase(unread_.boxes_, this);
}

void Outbox::add(FrameKind kind, std::string_view bytes) {
  if (has_failed_ || is_finished_) return;
  size_ += bytes.size();
  unread_.total_ += bytes.size();
  unread_.settle();
  if (has_failed_) return;
  if (!joins(kind)) frames_.push_back({kind, std::string(bytes)});
  while (joins(kind) && !bytes.empty()) {
    if (frames_.empty() || frames_.back().kind != kind || frames_.back().payload.size() >= kPiece) {
      frames_.push_back({kind, {}});
    }
    std::string& last = frames_.back().payload;
    const std::string_view part = bytes.substr(0, kPiece - last.size());
    last.append(part);
    bytes.remove_prefix(part.size());
  }
  wake();
}

void Outbox::finish() {
  is_finished_ = true;
  wake();
}

void Outbox::give_up() {
  has_failed_ = true;
  frames_.clear();
  unread_.total_ -= std::exchange(size_, 0);
  wake();
}

void Outbox::wake() {
  changed_.cancel();
}

boost::asio::awaitable<void> Outbox::send_to(ByteStream& stream,
                                             std::chrono::milliseconds patience) {
  while (!has_failed_ && !(frames_.empty() && is_finished_)) {
    if (frames_.empty()) {
      co_await changed_.async_wait(kTuple);
      continue;
    }
    const Frame frame = std::move(frames_.front());
    frames_.pop_front();
    size_ -= frame.payload.size();
    unread_.total_ -= frame.payload.size();
    const std::string bytes = encode_frame(frame.kind, frame.payload);
    auto writing = stream.write(bytes);
    const auto written =
        co_await with_deadline(std::move(writing), patience, "writing to the admin socket");
    if (!written) give_up();
  }
  stream.reset();
}

}  // namespace authzd
