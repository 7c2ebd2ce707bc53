// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who a client of the admin socket is, whatever it does once it has connected.
#include "daemon/admin/unix_socket.hpp"
#include "daemon/source/process.hpp"
#include "tests/integration/admin/admin_fixture.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <gmock/gmock.h>

#include <array>
#include <fcntl.h>
#include <optional>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using testing::HasSubstr;

/// What every client below begins with: a script of Python that can connect and speak.
std::string client(const std::string& socket, const std::string& what_it_does) {
  return "import os, socket, sys\n"
         "call = b'POST /api/v1/say HTTP/1.1\\r\\nHost: authzd\\r\\nContent-Length: "
         "0\\r\\nConnection: close\\r\\n\\r\\n'\n"
         "daemon = socket.socket(socket.AF_UNIX)\n"
         "def connect(): daemon.connect('" +
         socket +
         "')\n"
         "def read_all():\n"
         "  try:\n"
         "    while part := daemon.recv(4096): os.write(1, part)\n"
         "  except ConnectionResetError: pass\n" +
         what_it_does;
}

class AdminPeer : public AdminTest {
 protected:
  /// Counts calls and stores the last caller.
  void serve_and_remember() {
    serve([this](const CommandCall&, Peer who) -> Result<CommandStream::Command> {
      ++calls_;
      caller_ = who;
      return [](Console&) -> awaitable<int> { co_return 0; };
    });
  }

  /// Runs it as another process, along with the server; returns its output.
  std::string run_client(const std::string& what_it_does) {
    const std::string script = client(socket(), what_it_does);
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = "python3";
    std::string option = "-c";
    std::string text = script;
    std::array<char*, 4> arguments{program.data(), option.data(), text.data(), nullptr};
    pid_t pid = -1;
    EXPECT_EQ(::posix_spawnp(&pid, "python3", &actions, nullptr, arguments.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string printed = during(read_to_end(ends[0]));
    ::waitpid(pid, nullptr, 0);
    return printed;
  }

  int calls_ = 0;
  std::optional<Peer> caller_;

 private:
  awaitable<std::string> read_to_end(int pipe) {
    boost::asio::posix::stream_descriptor reader(io, pipe);
    std::string printed;
    co_await boost::asio::async_read(reader, boost::asio::dynamic_buffer(printed), kTuple);
    co_return printed;
  }
};

TEST_F(AdminPeer, IsServedWhereItIsSomebodys) {
  serve_and_remember();

  run_client("connect(); daemon.sendall(call); read_all()\n");

  EXPECT_EQ(calls_, 1);
}

TEST_F(AdminPeer, IsRefusedWhereTheDaemonStartedItHoweverItHides) {
  serve_and_remember();
  ProcessSpec spec;
  spec.program = "python3";
  // With its own session, group and parent; and with the limit restored, which only root can do.
  const std::string hide =
      "import resource\n"
      "done, tell = os.pipe()\n"
      "if os.fork(): os.read(done, 1); os._exit(0)\n"
      "os.setsid()\n"
      "os.write(tell, b'.')\n"
      "if os.fork(): os._exit(0)\n"
      "try: os.getuid() and resource.setrlimit(resource.RLIMIT_MSGQUEUE, (819200, 819200))\n"
      "except (PermissionError, ValueError): pass\n"
      "connect(); daemon.sendall(call); read_all()\n";
  spec.arguments = {"-c", client(socket(), hide)};
  auto running = run_process(spec, std::chrono::seconds(60), "trying");

  const auto outcome = during(std::move(running));

  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(outcome->output, HasSubstr("was started by a daemon")) << outcome->errors;
  EXPECT_EQ(calls_, 0);
}

TEST_F(AdminPeer, HasTheLoginThatItHadWhenItConnected) {
  serve_and_remember();

  const std::string printed = run_client(
      "def log_in(uid):\n"
      "  try:\n"
      "    with open('/proc/self/loginuid', 'w') as login: login.write(str(uid))\n"
      "  except OSError:\n"
      "    print('refused', flush=True); os._exit(0)\n"
      "patient = call.replace(b'Length: 0', b'Length: 2').replace(b'Connection: close', "
      "b'Connection: close\\r\\nExpect: 100-continue')\n"
      "log_in(1000); connect(); daemon.sendall(patient); daemon.recv(4096)\n"
      "log_in(1001); daemon.sendall(b'{}'); read_all()\n");

  if (printed.find("refused") != std::string::npos) {
    GTEST_SKIP() << "no login can be set here: that needs root and a kernel with audit";
  }
  ASSERT_EQ(calls_, 1);
  EXPECT_EQ(caller_->login_uid, 1000U);
}

TEST_F(AdminPeer, IsNobodyKnownWhereItHasEndedBeforeItWasLookedAt) {
  const auto listener = listen_unix(io.get_executor(), socket(), "");
  ASSERT_TRUE(listener) << listener.error().message;
  const Descriptor shared(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket().copy(address.sun_path, sizeof address.sun_path - 1);
  const pid_t pid = ::fork();
  if (pid == 0) {
    // The call takes every family as this type.
    const auto* any = reinterpret_cast<const sockaddr*>(&address);
    ::_exit(::connect(shared.get(), any, sizeof address));
  }
  int status = -1;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  ASSERT_EQ(status, 0);

  auto accepting = (*listener)->accept();
  const auto connection = during(std::move(accepting));

  ASSERT_TRUE(connection) << connection.error().message;
  EXPECT_EQ(connection->peer.pid, pid);
  EXPECT_EQ(connection->peer.kind, PeerKind::unknown);
  EXPECT_FALSE(connection->peer.login_uid);
}

}  // namespace
}  // namespace authzd::test
