// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The admin socket, beyond HTTP: what a client sends as a call, and what a daemon sends as events.
#include "daemon/admin/api_error.hpp"
#include "daemon/admin/command_call.hpp"
#include "daemon/admin/command_event.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {

void admin_calls(std::string_view input) {
  const auto call = parse_call("plan", input);
  if (call) {
    const auto again = parse_call("plan", encode_body(*call));
    promise(again && *again == *call, "a call that is written is read as the same");
  } else {
    promise_showable(call.error().message, "why a call is refused may be shown");
  }
  const auto event = parse_line(input);
  if (event && *event) {
    const auto again = parse_line(encode_line(**event));
    promise(again && *again == *event, "an event that is written is read as the same");
  }
  const std::string message = message_of_api_error(input);
  const auto reply = api_error(400, {ErrorCode::rejected, message});
  promise(message_of_api_error(reply.body) == message, "a refusal that is written is read again");
}

}  // namespace authzd::fuzz
