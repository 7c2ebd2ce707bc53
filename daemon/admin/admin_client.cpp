// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/admin_client.hpp"

#include "daemon/admin/api_error.hpp"
#include "daemon/admin/command_event.hpp"
#include "daemon/admin/peer.hpp"
#include "daemon/admin/unix_socket.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/http_codec.hpp"
#include "reconciler/base/text.hpp"

#include <array>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::seconds kFirstAnswer{10};  // its loop is never busy for so long
constexpr int kDeclined = 1;                      // the exit code where a person did not say yes
constexpr int kNotWritten = 1;                    // the exit code where a file could not be written

Error gone() {
  return {ErrorCode::unavailable,
          "the daemon went away before the command had ended; 'authzd runs' shows what was done"};
}

Error no_answer(const std::string& socket) {
  return {ErrorCode::timeout,
          "the daemon at " + printable(socket) + " does not answer within " +
              to_string(kFirstAnswer) +
              ": its process is stopped, or has no time on the processor. See 'systemctl status "
              "authzd'"};
}

Error not_allowed(const std::string& socket) {
  const Peer self = this_process();
  const std::string user = self.name.empty() ? "USER" : printable(self.name);
  return {
      ErrorCode::forbidden,
      "you may not use the admin socket " + printable(socket) +
          ": its users are root and the group authzd-admin. Join it (usermod -aG authzd-admin " +
          user + ", as root) and log in again, or call as root"};
}

Error refusal(int status, std::string_view body) {
  std::string why = message_of_api_error(body);
  if (status == 400 || status == 404) return {ErrorCode::rejected, printable(why)};
  if (why.empty()) why = "it answers with status " + std::to_string(status);
  const ErrorCode code = status == 429 ? ErrorCode::rate_limited : ErrorCode::forbidden;
  return {code, "the daemon refuses: " + printable(why)};
}

HttpRequest request_of(const CommandCall& call) {
  return {.method = "POST",
          .target = "/api/v1/" + call.command,
          .headers = {{"Host", "authzd"},
                      {"Accept", "application/x-ndjson"},
                      {"Content-Type", "application/json"}},
          .body = encode_body(call)};
}

/// The events of one answer.
class Answer {
 public:
  explicit Answer(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  Async<void> send(const CommandCall& call) {  // coroutine-ref: the awaiter's
    const auto bytes = encode_request(request_of(call));
    if (!bytes) co_return bytes.error();
    const auto sent = co_await stream_->write(*bytes);
    if (!sent) co_return gone();
    co_return Result<void>();
  }

  /// The beginning of the answer, which comes before the command begins. Errors: timeout.
  Async<void> begin() {
    while (true) {
      const auto complete = parser_.feed(input_);
      if (!complete) co_return complete.error();
      if (parser_.has_head()) co_return Result<void>();
      std::array<char, 4096> part;
      const auto size = co_await stream_->read_some(part);
      if (!size || *size == 0) co_return gone();
      input_.append(part.data(), *size);
    }
  }

  /// Errors: also those of a refusal.
  Async<CommandEvent> next() {
    while (true) {
      const std::size_t end = lines_.find('\n', searched_);
      if (end == std::string::npos) {
        searched_ = lines_.size();
        const auto more = co_await read();
        if (!more) co_return more.error();
        continue;
      }
      auto event = parse_line(std::string_view(lines_).substr(0, end));
      lines_.erase(0, end + 1);
      searched_ = 0;
      if (!event) co_return std::move(event).error();
      if (*event) co_return std::move(**event);
    }
  }

 private:
  /// Reads until some of the body has come.
  Async<void> read() {
    std::array<char, 64U << 10U> part;
    while (true) {
      const auto complete = parser_.feed(input_);
      if (!complete) co_return complete.error();
      if (parser_.has_head() && parser_.status() != 200) {
        if (*complete) co_return refusal(parser_.status(), parser_.take_part());
      } else {
        const std::string more = parser_.take_part();
        lines_ += more;
        if (!more.empty()) co_return Result<void>();
        if (*complete) co_return gone();
      }
      const auto size = co_await stream_->read_some(part);
      if (!size || *size == 0) co_return gone();
      input_.append(part.data(), *size);
    }
  }

  std::unique_ptr<ByteStream> stream_;
  ReplyParser parser_{ReplyTo::other, {}};
  std::string input_;
  std::string lines_;
  std::size_t searched_ = 0;  // of them, without a line break: a file is one long line
};

/// How an answer ended: with an exit code, or with something to confirm.
struct AnswerEnd {
  int code = 0;
  std::optional<Question> confirm = {};
};

class Terminal {
 public:
  /// All must outlive this.
  Terminal(Console& console, const NamedFiles& named) : console_(console), named_(named) {}

  Async<AnswerEnd> show(std::unique_ptr<ByteStream> stream,
                        const CommandCall& call) {  // coroutine-ref: the awaiter's
    Answer answer(std::move(stream));
    const auto sent = co_await answer.send(call);
    if (!sent) co_return sent.error();
    const auto begun = co_await with_deadline(answer.begin(), kFirstAnswer, "asking the daemon");
    if (!begun) co_return begun.error();
    AnswerEnd end;
    while (true) {
      auto event = co_await answer.next();
      if (!event) co_return std::move(event).error();
      switch (event->kind) {
        case EventKind::out: console_.out << event->text << std::flush; break;
        case EventKind::err: console_.err << event->text << std::flush; break;
        case EventKind::progress: console_.show_progress(printable(event->text)); break;
        case EventKind::file:
          if (!co_await write(std::move(*event))) end.code = kNotWritten;
          break;
        case EventKind::exit:
          if (end.code == 0) end.code = event->code;
          co_return end;
        case EventKind::confirm:
          end.confirm = Question{std::move(event->text), std::move(event->name)};
          co_return end;
      }
    }
  }

 private:
  boost::asio::awaitable<bool> write(CommandEvent file) {
    const bool is_new = named_.has_in_folder(file.name);
    if (!is_new && !named_.files.contains(file.name)) {
      console_.err << "authzd: the daemon wants to write " << printable(file.name)
                   << ", which this call does not name; it was not written\n";
      co_return false;
    }
    Result<void> written;
    if (is_new) {
      written = co_await console_.write_new_file(file.name, std::move(file.text));
    } else {
      written = co_await console_.write_file(file.name, std::move(file.text));
    }
    if (!written) console_.err << "authzd: " << written.error().message << '\n';
    co_return written.has_value();
  }

  Console& console_;
  const NamedFiles& named_;
};

}  // namespace

bool NamedFiles::has_in_folder(const std::string& path) const {
  if (!folder || !path.starts_with(*folder + "/")) return false;
  const std::string below = path.substr(folder->size());
  return (below + "/").find("/../") == std::string::npos;
}

Async<int> call_daemon(std::string socket,
                       CommandCall call,
                       Console& console,  // coroutine-ref: the awaiter's
                       NamedFiles named) {
  Terminal terminal(console, named);
  while (true) {
    auto stream = co_await connect_unix(socket);
    if (!stream && stream.error().code == ErrorCode::forbidden) co_return not_allowed(socket);
    if (!stream) co_return call.confirmed.empty() ? std::move(stream).error() : gone();
    auto end = co_await terminal.show(std::move(*stream), call);
    if (!end && end.error().code == ErrorCode::timeout) co_return no_answer(socket);
    if (!end) co_return std::move(end).error();
    if (!end->confirm) co_return end->code;
    call.confirmed = end->confirm->about;
    const auto yes = co_await console.ask(*std::move(end->confirm));
    if (!yes || !*yes) {
      console.err << kNothingDone;
      co_return kDeclined;
    }
  }
}

}  // namespace authzd
