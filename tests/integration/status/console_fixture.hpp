// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The console as a browser meets it, in the two accounts of status_world.hpp.
#pragma once

#include "daemon/http/status_site.hpp"
#include "tests/support/status_world.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace authzd::test {

inline const std::string kConsoleToken = "a-token-of-some-length";

class ConsoleTest : public testing::Test {
 protected:
  HttpResponse ask(std::string method,
                   std::string target,
                   HttpHeaders headers = {},
                   std::string body = {}) {
    headers.push_back({"Accept", "text/html,*/*;q=0.8"});
    headers.push_back({"Host", "console.example:9464"});
    if (!cookie.empty()) headers.push_back({"Cookie", "other=1; " + cookie});
    return site.answer({std::move(method), std::move(target), std::move(headers), std::move(body)},
                       Caller::remote);
  }

  HttpResponse get(std::string target) { return ask("GET", std::move(target)); }

  HttpResponse post(std::string target, std::string body = {}) {
    return ask("POST", std::move(target), {{"Sec-Fetch-Site", "same-origin"}}, std::move(body));
  }

  HttpResponse sign_in(const std::string& given, const std::string& next = "%2F") {
    HttpResponse response = post("/sign-in", "token=" + given + "&next=" + next);
    const std::string set(find_header(response.headers, "Set-Cookie"));
    if (!set.empty()) cookie = set.substr(0, set.find(';'));
    return response;
  }

  FakeBoard board = full_board();
  CycleTally tally = full_tally();
  VirtualClock clock{kStatusNow};
  SeededRandomness randomness{1};
  std::string logged;
  Log log = Log::to_sink([this](std::string_view line) { logged += line; },
                         [] { return kStatusNow; },
                         true,
                         LogLevel::debug);
  std::string token = kConsoleToken;
  std::string cookie;
  StatusSite site{
      {board, tally, clock, randomness, "1.2.3", log, [this] { return Secret(token); }, {}}};
};

}  // namespace authzd::test
