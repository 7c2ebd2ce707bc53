// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Clients that share the cost of a connection.
#include "daemon/net/http_client.hpp"
#include "tests/integration/net/net_fixture.hpp"
#include "tests/integration/net/raw_peer.hpp"
#include "tests/support/temp_folder.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace authzd::test {
namespace {

using boost::asio::awaitable;

const std::string kGreeting = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::string certificate(const std::string& name) {
  return AUTHZD_CERTIFICATES "/" + name;
}

class Pool : public NetTest {
 protected:
  Pool() {
    server.play([this](RawPeer& peer, int) { return greet(peer); });
  }

  /// Answers every request with a greeting, until the peer closes.
  awaitable<void> greet(RawPeer& peer) {  // coroutine-ref: outlives this
    bool more = true;
    while (more) {
      const auto head = co_await peer.read_head();
      more = !head.empty() && co_await peer.write(kGreeting);
    }
    ++closed;
  }

  std::unique_ptr<HttpClient> sharing_client() {
    HttpClientOptions options;
    options.pools = pools;
    return client_of(server.port(), std::move(options));
  }

  PoolOptions tls_options(const std::string& ca_file) {
    return {.origin = {"https", "127.0.0.1", server.port()}, .ca_file = ca_file};
  }

  std::shared_ptr<ConnectionPool> pool_of(const PoolOptions& options) {
    auto pool = pools->pool_of(executor(), options);
    EXPECT_TRUE(pool) << to_string(pool.error());
    return pool ? *pool : nullptr;
  }

  RawServer server{executor(), servers, "127.0.0.1"};
  std::shared_ptr<ConnectionPools> pools = std::make_shared<ConnectionPools>();
  int closed = 0;  // by us, as seen by the server
};

TEST_F(Pool, LendsTheConnectionOfOneClientToAnother) {
  const auto first = sharing_client();
  const auto second = sharing_client();

  const auto both = [&]() -> Async<HttpResponse> {
    auto reply = co_await first->send(get("/"));
    if (!reply) co_return reply;
    co_return co_await second->send(get("/"));
  };
  const auto reply = run(both());

  ASSERT_TRUE(reply) << to_string(reply.error());
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Pool, ClosesAConnectionThatNobodyHasUsedForAWhile) {
  const auto client = sharing_client();
  PoolOptions options;
  options.origin = {"http", "127.0.0.1", server.port()};
  const auto pool = pool_of(options);
  std::size_t kept = 0;

  const auto exchange = [&]() -> Async<HttpResponse> {
    auto reply = co_await client->send(get("/"));
    const auto now = std::chrono::steady_clock::now();
    pools->close_idle(now + std::chrono::seconds(49));
    kept = pool->idle();
    pools->close_idle(now + std::chrono::seconds(51));
    for (int i = 0; i < 1'000 && closed == 0; ++i) co_await let_others_run();
    co_return reply;
  };
  ASSERT_TRUE(run(exchange()));

  EXPECT_EQ(kept, 1U);
  EXPECT_EQ(closed, 1);
  EXPECT_EQ(pool->idle(), 0U);
}

TEST_F(Pool, IsOneForTheSameRootsAndAnotherForOthers) {
  const TempFolder folder;
  const std::string ca_file = folder.path() / "ca.pem";
  std::filesystem::copy(certificate("ca.pem"), ca_file);
  const auto first = pool_of(tls_options(ca_file));

  EXPECT_EQ(pool_of(tls_options(ca_file)), first);
  EXPECT_NE(pool_of(tls_options(certificate("ca.pem"))), first);
  EXPECT_EQ(pools->size(), 1U) << "the second was used by nobody";

  std::ofstream(ca_file, std::ios::app) << "# changed\n";
  const auto second = pool_of(tls_options(ca_file));
  EXPECT_NE(second, first);
  EXPECT_EQ(pool_of(tls_options(ca_file)), second);
}

TEST_F(Pool, IsThereForAsLongAsAClientUsesIt) {
  auto pool = pool_of(tls_options(certificate("ca.pem")));
  EXPECT_EQ(pools->size(), 1U);
  pool.reset();

  EXPECT_EQ(pools->size(), 0U);
}

TEST_F(Pool, RefusesRootsThatCannotBeRead) {
  const auto pool = pools->pool_of(executor(), tls_options("/nowhere/ca.pem"));

  ASSERT_FALSE(pool);
  EXPECT_EQ(pool.error().code, ErrorCode::invalid_config);
  EXPECT_EQ(pools->size(), 0U);
}

}  // namespace
}  // namespace authzd::test
