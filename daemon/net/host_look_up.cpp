// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/host_look_up.hpp"

#include "daemon/net/aside.hpp"
#include "reconciler/base/text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace authzd {

namespace asio = boost::asio;

namespace {

constexpr int kMostUnderWay = 16;

/// Running look-ups of the whole process; they may outlive everything else.
std::atomic<int> under_way = 0;

struct Place {
  Place() { ++under_way; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { --under_way; }
};

Error cannot_look_up(const std::string& host, std::string_view why) {
  return {ErrorCode::unavailable, "looking up " + printable(host) + ": " + std::string(why)};
}

}  // namespace

Result<Endpoints> resolve_host(const std::string& host, std::uint16_t port) {
  asio::io_context own;
  asio::ip::tcp::resolver resolver(own);
  boost::system::error_code ec;
  const auto results = resolver.resolve(host, std::to_string(port), ec);
  if (ec) return cannot_look_up(host, printable(ec.message()));
  return Endpoints(results.begin(), results.end());
}

Async<Endpoints> look_up_host(std::string host,
                              std::uint16_t port,
                              std::chrono::milliseconds limit,
                              Resolve resolve) {
  if (under_way >= kMostUnderWay) {
    co_return cannot_look_up(host, "too many look-ups have not ended yet");
  }
  // Each has its own Aside: look-ups do not wait for one another.
  Aside aside(co_await asio::this_coro::executor, limit);
  auto doing = "looking up " + printable(host);
  std::function<Result<Endpoints>()> call = [place = std::make_shared<Place>(),
                                             host = std::move(host),
                                             port,
                                             resolve = std::move(resolve)] {
    return resolve(host, port);
  };
  co_return co_await aside.run(std::move(call), std::move(doing));
}

}  // namespace authzd
