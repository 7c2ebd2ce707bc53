// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/replay_server.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

namespace authzd::sandbox {
namespace {

std::chrono::milliseconds delay_of(std::chrono::milliseconds took, double speed) {
  constexpr std::chrono::duration<double, std::milli> kLongest = std::chrono::hours(24);
  if (!(speed > 0)) return std::chrono::milliseconds(0);
  const std::chrono::duration<double, std::milli> delay = took / speed;
  return std::chrono::round<std::chrono::milliseconds>(std::min(delay, kLongest));
}

// Both outlive the server.
boost::asio::awaitable<HttpReply> answer(Replay& replay,
                                         Clock& clock,
                                         ReplayOptions options,
                                         HttpRequest request) {
  RecordedReply reply = replay.answer(request, clock.now());
  constexpr int kNotInTrace = 501;
  const int status = reply.response.status;
  if (!options.quiet) {
    std::cout << (status == 0 ? "cut" : std::to_string(status)) << "  " << described(request)
              << std::endl;
  }
  if (status == kNotInTrace) {
    std::cerr << "iam-sandbox: not in the trace: " << described(request) << std::endl;
  }
  const auto delay = delay_of(reply.took, options.speed);
  if (delay.count() > 0) co_await clock.sleep(delay);
  co_return std::move(reply);
}

}  // namespace

Result<Trace> read_trace_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return Error{ErrorCode::invalid_config, printable(path) + ": cannot be read"};
  auto trace = read_trace(text);
  if (!trace) return std::move(trace).error().context(printable(path));
  return trace;
}

HttpHandler handler_of(Replay& replay, Clock& clock, const ReplayOptions& options) {
  return [&replay, &clock, options](HttpRequest request) {
    return answer(replay, clock, options, std::move(request));
  };
}

std::string replay_banner(const Replay& replay, const std::string& url) {
  std::string text =
      "iam-sandbox: " + count_of(replay.size(), "recorded exchange", "recorded exchanges") +
      " of an IAM at " + url + "\n\n";
  if (!replay.account().empty()) text += "  account " + printable(replay.account()) + "\n\n";
  return text + "  Any API key is taken:\n    export IBMCLOUD_IAM_API_ENDPOINT=" + url +
         "\n    export IBMCLOUD_API_KEY=replay\n";
}

void say_what_is_left(const Replay& replay) {
  const auto left = replay.not_asked();
  if (left.empty()) {
    std::cerr << "iam-sandbox: every exchange of the trace was asked for\n";
    return;
  }
  std::cerr << "iam-sandbox: not asked for, " << left.size() << " of " << replay.size() << ":\n";
  for (const std::string& request : left) std::cerr << "  " << request << '\n';
}

}  // namespace authzd::sandbox
