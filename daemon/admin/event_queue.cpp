// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/event_queue.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kPiece = 64U << 10U;    // what one event, and one piece of the reply, holds
constexpr std::size_t kLongestCharacter = 4;  // in UTF-8

std::size_t size_of(const CommandEvent& event) {
  return event.text.size() + event.name.size();
}

}  // namespace

void UnreadEvents::settle() {
  while (total_ > most_) {
    (*std::ranges::max_element(queues_, {}, [](const EventQueue* queue) {
      return queue->size_;
    }))->give_up();
  }
}

EventQueue::EventQueue(const boost::asio::any_io_executor& executor, UnreadEvents& unread)
    : unread_(unread), changed_(executor, boost::asio::steady_timer::time_point::max()) {
  unread_.queues_.push_back(this);
}

EventQueue::~EventQueue() {
  unread_.total_ -= size_;
  std::erase(unread_.queues_, this);
}

void EventQueue::add(CommandEvent event) {
  if (is_given_up_ || is_finished_) return;
  if (event.kind == EventKind::progress) drop_last_progress();
  const std::size_t more = size_of(event);
  size_ += more;
  unread_.total_ += more;
  unread_.settle();
  if (is_given_up_) return;
  if (event.kind == EventKind::out || event.kind == EventKind::err) {
    add_text(event.kind, event.text);
  } else {
    events_.push_back(std::move(event));
  }
  changed_.cancel();
}

void EventQueue::drop_last_progress() {
  if (events_.empty() || events_.back().kind != EventKind::progress) return;
  const std::size_t less = size_of(events_.back());
  events_.pop_back();
  size_ -= less;
  unread_.total_ -= less;
}

void EventQueue::add_text(EventKind kind, std::string_view text) {
  while (!text.empty()) {
    const bool is_full =
        events_.empty() || events_.back().kind != kind || events_.back().text.size() >= kPiece;
    if (is_full) events_.push_back({.kind = kind});
    std::string& last = events_.back().text;
    // A whole character fits, however full the piece is.
    const auto part = whole_characters(text, kPiece + kLongestCharacter - last.size());
    last.append(part);
    text.remove_prefix(part.size());
  }
}

void EventQueue::clear() {
  events_.clear();
  unread_.total_ -= std::exchange(size_, 0);
}

void EventQueue::move_to(EventQueue& other) {
  if (is_given_up_) other.give_up();
  auto events = std::exchange(events_, {});
  clear();
  for (CommandEvent& event : events) other.add(std::move(event));
}

void EventQueue::finish() {
  is_finished_ = true;
  changed_.cancel();
}

void EventQueue::give_up() {
  is_given_up_ = true;
  clear();
  changed_.cancel();
}

Async<std::string> EventQueue::next() {
  while (events_.empty() && !is_finished_ && !is_given_up_) co_await changed_.async_wait(kTuple);
  if (is_given_up_) {
    co_return Error{ErrorCode::unavailable, "the client leaves too much unread"};
  }
  std::string lines;
  while (!events_.empty() && lines.size() < kPiece) {
    const std::size_t size = size_of(events_.front());
    lines += encode_line(events_.front());
    events_.pop_front();
    size_ -= size;
    unread_.total_ -= size;
  }
  co_return lines;
}

}  // namespace authzd
