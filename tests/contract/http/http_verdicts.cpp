// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Says what authzd's HTTP readers make of messages, for a comparison with another reader's word. A
// line of input is "request HEX", "reply HEX" or "reply-to-head HEX", each a whole stream; a line
// of output is "take WORD BODY-HEX REST-SIZE" (the word is the method or the status), "refuse" or
// "more".

#include "daemon/net/http_codec.hpp"

#include <iostream>
#include <string>
#include <string_view>

namespace authzd {
namespace {

constexpr ParseLimits kLimits{16U << 10U, 1U << 20U};

unsigned digit(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return static_cast<unsigned>(kDigits.find(c));
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes += static_cast<char>(digit(hex[at]) * 16 + digit(hex[at + 1]));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return hex;
}

std::string taken(const std::string& word, const std::string& body, const std::string& rest) {
  return "take " + word + " " + to_hex(body) + " " + std::to_string(rest.size());
}

std::string verdict_on_request(std::string bytes) {
  RequestParser parser(kLimits);
  const auto complete = parser.feed(bytes);
  if (!complete) return "refuse";
  if (!*complete) return "more";
  const HttpRequest request = parser.take();
  return taken(request.method, request.body, bytes);
}

std::string verdict_on_reply(std::string bytes, ReplyTo to) {
  ReplyParser parser(to, kLimits);
  const auto complete = parser.feed(bytes);
  if (!complete) return "refuse";
  if (!*complete && !parser.end()) return "more";
  const HttpResponse response = parser.take();
  return taken(std::to_string(response.status), response.body, bytes);
}

std::string verdict(std::string_view line) {
  const auto blank = line.find(' ');
  const auto kind = line.substr(0, blank);
  const std::string bytes = from_hex(line.substr(blank + 1));
  if (kind == "request") return verdict_on_request(bytes);
  return verdict_on_reply(bytes, kind == "reply" ? ReplyTo::other : ReplyTo::head);
}

}  // namespace
}  // namespace authzd

int main() {
  std::string line;
  while (std::getline(std::cin, line)) std::cout << authzd::verdict(line) << '\n';
  return 0;
}
