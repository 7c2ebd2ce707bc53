// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a service manager receives, on a datagram socket like its own.

#include "daemon/status/service_manager.hpp"

#include "daemon/net/supervisor.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace authzd {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

/// The manager's side: a socket in the abstract namespace, and the variables with its name.
class Manager {
 public:
  explicit Manager(const char* watchdog_microseconds = nullptr) {
    const std::string name = "authzd-test-" + std::to_string(getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
      throw std::runtime_error("cannot listen as a service manager");
    }
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
    if (watchdog_microseconds != nullptr) setenv("WATCHDOG_USEC", watchdog_microseconds, 1);
  }
  ~Manager() {
    close(socket_);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// Every message since the last call.
  std::vector<std::string> heard() const {
    std::vector<std::string> messages;
    std::string buffer(4096, '\0');
    ssize_t size = 0;
    while ((size = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT)) >= 0) {
      messages.push_back(buffer.substr(0, static_cast<std::size_t>(size)));
    }
    return messages;
  }

 private:
  int socket_ = -1;
};

TEST(ServiceManager, HearsOfTheWholeLife) {
  const Manager manager;
  ServiceManager told;

  told.ready();
  told.reloading();
  told.ready();
  told.stopping();

  EXPECT_THAT(
      manager.heard(),
      ElementsAre(
          "READY=1", MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"), "READY=1", "STOPPING=1"));
}

TEST(ServiceManager, HearsAStatusOnceUntilItChanges) {
  const Manager manager;
  ServiceManager told;

  told.status("2 accounts ready");
  told.status("2 accounts ready");
  told.status("1 account ready, 1 held");

  EXPECT_THAT(manager.heard(),
              ElementsAre("STATUS=2 accounts ready", "STATUS=1 account ready, 1 held"));
}

TEST(ServiceManager, CannotBeToldMoreThanAStatusByRemoteText) {
  const Manager manager;
  ServiceManager told;

  told.status("account x\nREADY=1");

  EXPECT_THAT(manager.heard(), ElementsAre("STATUS=account x\\x0AREADY=1"));
}

TEST(ServiceManager, GetsNoSignOfLifeThatItDoesNotWaitFor) {
  const Manager manager;
  ServiceManager told;
  boost::asio::io_context io(1);
  Supervisor tasks(io.get_executor(), Log());

  tasks.start("watchdog", told.feed_watchdog());
  io.run();

  EXPECT_FALSE(told.watchdog_limit());
  EXPECT_THAT(manager.heard(), ElementsAre());
}

TEST(ServiceManager, GetsSignsOfLifeFromTheLoopAlone) {
  const Manager manager("2000");
  ServiceManager told;
  boost::asio::io_context io(1);
  Supervisor tasks(io.get_executor(), Log());
  tasks.start("watchdog", told.feed_watchdog());
  EXPECT_THAT(manager.heard(), ElementsAre());

  io.run_one();  // the loop runs: one sign
  const auto first = manager.heard();
  while (manager.heard().empty()) io.run_one();  // and another, by the timer
  tasks.stop();
  io.run();

  EXPECT_EQ(told.watchdog_limit(), std::chrono::microseconds(2000));
  EXPECT_THAT(first, ElementsAre("WATCHDOG=1"));
  EXPECT_FALSE(tasks.failed());
}

TEST(ServiceManager, IsNotNeeded) {
  unsetenv("NOTIFY_SOCKET");
  ServiceManager told;

  told.ready();
  told.status("alone");
  told.reloading();
  told.stopping();

  EXPECT_FALSE(told.watchdog_limit());
}

}  // namespace
}  // namespace authzd
