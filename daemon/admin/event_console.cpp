// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/event_console.hpp"

#include <ostream>
#include <streambuf>
#include <utility>

namespace authzd {
namespace {

/// Where the events go: to the client, or aside until it is known whether the client has them.
struct EventGate {
  EventQueue& events;
  EventQueue& held_back;
  bool is_open;

  void add(CommandEvent event) { (is_open ? events : held_back).add(std::move(event)); }

  void open() {
    is_open = true;
    held_back.move_to(events);
  }
};

/// Text that is written to it is added at once.
class EventBuffer final : public std::streambuf {
 public:
  EventBuffer(EventGate& gate, EventKind kind) : gate_(gate), kind_(kind) {}

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize size) override {
    gate_.add({.kind = kind_, .text = {bytes, static_cast<std::size_t>(size)}});
    return size;
  }
  int_type overflow(int_type one) override {
    if (traits_type::eq_int_type(one, traits_type::eof())) return traits_type::not_eof(one);
    const char byte = traits_type::to_char_type(one);
    gate_.add({.kind = kind_, .text = {&byte, 1}});
    return one;
  }

 private:
  EventGate& gate_;
  EventKind kind_;
};

}  // namespace

struct EventConsole::Streams {
  Streams(EventQueue& events, EventQueue& held_back, bool is_open)
      : gate{events, held_back, is_open} {}

  EventGate gate;
  EventBuffer out_buffer{gate, EventKind::out};
  EventBuffer err_buffer{gate, EventKind::err};
  std::ostream out{&out_buffer};
  std::ostream err{&err_buffer};
};

EventConsole::EventConsole(EventQueue& events, EventQueue& held_back, const CommandCall& call)
    : EventConsole(
          events, call, std::make_unique<Streams>(events, held_back, call.confirmed.empty())) {}

EventConsole::EventConsole(EventQueue& events,
                           const CommandCall& call,
                           std::unique_ptr<Streams> streams)
    : Console(streams->out, streams->err),
      streams_(std::move(streams)),
      events_(events),
      confirmed_(call.confirmed) {
  can_ask = call.can_ask || !confirmed_.empty();
  style = call.style;
  shows_progress = call.wants_progress;
}

EventConsole::~EventConsole() {
  show_held_back("authzd: this time there was nothing to confirm; this is the answer:\n");
}

void EventConsole::show_held_back(std::string why) {
  if (streams_->gate.is_open) return;
  events_.add({.kind = EventKind::err, .text = std::move(why)});
  streams_->gate.open();
}

Async<bool> EventConsole::ask(Question question) {
  EventGate& gate = streams_->gate;
  if (!confirmed_.empty() && confirmed_ == question.about) {
    gate.held_back.clear();
    gate.open();
    co_return true;
  }
  show_held_back(
      "authzd: it has changed since it was shown; nothing was done. This is what it is now:\n");
  events_.add({.kind = EventKind::confirm,
               .text = std::move(question.text),
               .name = std::move(question.about)});
  events_.finish();
  co_return Error{ErrorCode::cancelled, "the client has to ask its person first"};
}

void EventConsole::show_progress(const std::string& line) {
  events_.add({.kind = EventKind::progress, .text = line});
}

Async<void> EventConsole::write_file(std::string path, std::string text) {
  streams_->gate.add({.kind = EventKind::file, .text = std::move(text), .name = std::move(path)});
  co_return Result<void>{};
}

/// Which of the two it is, the client knows by its command line.
Async<void> EventConsole::write_new_file(std::string path, std::string text) {
  return write_file(std::move(path), std::move(text));
}

}  // namespace authzd
