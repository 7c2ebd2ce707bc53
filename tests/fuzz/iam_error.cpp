// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM's refusals: a first line of letters (the kind of request, then the status as three digits), a
// line each for Retry-After, Date and Transaction-Id, and the body.
#include "daemon/iam/error_codec.hpp"
#include "daemon/iam/policy_codec.hpp"
#include "tests/fuzz/promises.hpp"

#include <chrono>

namespace authzd::fuzz {
namespace {

Purpose purpose_of(char kind) {
  switch (kind) {
    case 't': return Purpose::token;
    case 'm': return Purpose::metadata;
    case 'w': return Purpose::write;
    default: return Purpose::read;
  }
}

/// 200 to 599, of whatever text.
int status_of(std::string_view text) {
  int status = 0;
  for (const char c : text.substr(0, 3))
    status = status * 10 + (c >= '0' && c <= '9' ? c - '0' : 0);
  return 200 + status % 400;
}

void check_body(const ErrorBody& body) {
  constexpr std::size_t kLongest = 4 * 600 + 8;  // each byte as \xNN
  for (const std::string& text : {body.code, body.message, body.trace, body.conflicts_with}) {
    promise_showable(text, "what IAM says may be shown");
    promise(text.find('\n') == std::string::npos, "what IAM says is one line");
    promise(text.size() <= kLongest, "what IAM says is short");
  }
}

}  // namespace

void iam_error(std::string_view input) {
  std::string_view first = take_line(input);
  const Purpose purpose = purpose_of(take_byte(first));
  HttpResponse reply;
  reply.status = status_of(first);
  for (const char* name : {"Retry-After", "Date", "Transaction-Id"}) {
    reply.headers.push_back({name, std::string(take_line(input))});
  }
  reply.body = input;
  check_body(decode_error_body(input));
  const auto rival = decode_rival(input);
  promise(!rival || !rival->policy.id.empty(), "a policy that is in the way has an id");

  const Timestamp now{std::chrono::seconds(1'800'000'000)};
  const Error error = error_from_reply(reply, purpose, now);
  promise(error.code != ErrorCode::internal, "a refusal is no bug of ours");
  promise_showable(to_string(error), "a refusal may be shown");
  promise(to_string(error).find('\n') == std::string::npos, "a refusal is one line");
  promise(!error.detail.retry_after || error.detail.retry_after->count() >= 0,
          "nobody waits for less than no time");
  promise(!error.detail.may_have_happened || purpose == Purpose::write, "a read changes nothing");
}

}  // namespace authzd::fuzz
