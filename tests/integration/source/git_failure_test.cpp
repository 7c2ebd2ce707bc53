// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The remote fails in every way; each is an error with a remedy, and the next fetch works.
#include "daemon/net/supervisor.hpp"
#include "tests/integration/source/git_fixture.hpp"
#include "tests/support/run_async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include <fstream>
#include <sys/resource.h>

namespace authzd::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using testing::HasSubstr;

class GitFailureTest : public GitFixture {
 protected:
  void SetUp() override { serve("daemon"); }

  void expect_works() {
    const auto git = source();
    const auto snapshot = fetch(*git);
    EXPECT_TRUE(snapshot) << snapshot.error().message;
  }

  /// A listener that accepts the connection and then does nothing.
  std::string silent_url(const tcp::acceptor& acceptor) {
    return "git://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/x.git";
  }
};

TEST_F(GitFailureTest, ServerIsDown) {
  push("a.yaml", "a");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  stop_serving();

  const auto down = fetch(*git);

  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code, ErrorCode::unavailable);
  EXPECT_THAT(down.error().message, HasSubstr("asking for main of git://127.0.0.1:"));
  EXPECT_THAT(down.error().message, HasSubstr("cannot be reached"));
}

TEST_F(GitFailureTest, ServerHangs) {
  tcp::acceptor silent(io_, {boost::asio::ip::address_v4::loopback(), 0});
  const auto git = source([&](GitOptions& options) {
    options.config.url = silent_url(silent);
    options.limits.remote = 300ms;
  });

  const auto snapshot = fetch(*git);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::timeout);
  EXPECT_THAT(snapshot.error().message, HasSubstr("no end within 300ms"));
}

TEST_F(GitFailureTest, CallerIsCancelledWhileTheServerHangs) {
  tcp::acceptor silent(io_, {boost::asio::ip::address_v4::loopback(), 0});
  const auto git = source([&](GitOptions& options) { options.config.url = silent_url(silent); });
  Supervisor tasks(io_.get_executor(), Log{});
  const auto ask = [&]() -> boost::asio::awaitable<void> {
    const std::vector<std::string> paths{"."};
    const auto ignored = co_await git->fetch(paths, "");
    ADD_FAILURE() << "it ended: " << ignored.has_value();
  };
  tasks.start("fetch", ask());
  const auto stop = [&tasks](const boost::system::error_code&, tcp::socket) { tasks.stop(); };
  silent.async_accept(stop);  // git has connected
  io_.restart();
  io_.run();

  EXPECT_EQ(tasks.running(), 0U);
}

TEST_F(GitFailureTest, ServerSpeaksNonsense) {
  tcp::acceptor acceptor(io_, {boost::asio::ip::address_v4::loopback(), 0});
  tcp::socket peer(io_);
  acceptor.async_accept(peer, [&](const boost::system::error_code&) {
    boost::system::error_code ignored;
    const std::string nonsense = "HTTP/1.1 200 OK\r\n\r\n<h1>\x1b[2Jhello</h1>";
    boost::asio::write(peer, boost::asio::buffer(nonsense), ignored);
    peer.close(ignored);
  });
  const auto git = source([&](GitOptions& options) { options.config.url = silent_url(acceptor); });

  const auto snapshot = fetch(*git);

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::bad_response) << snapshot.error().message;
  EXPECT_THAT(snapshot.error().message, Not(HasSubstr("\x1b")));
}

TEST_F(GitFailureTest, RepositoryIsNotThere) {
  const auto git = source([](GitOptions& options) { options.config.url += "x"; });
  EXPECT_EQ(fetch(*git).error().code, ErrorCode::not_found);
}

TEST_F(GitFailureTest, AMalformedCommitIsRefusedByItsName) {
  push("a.yaml", "a");
  ASSERT_TRUE(fetch(*source()));
  const std::string malformed = author(
      "tree=$(git rev-parse HEAD^{tree}); parent=$(git rev-parse HEAD);"
      "printf 'tree %s\\nparent %s\\nauthor Eve 1 +0000\\ncommitter Eve 1 +0000\\n\\nx\\n' "
      "$tree $parent | git hash-object -w -t commit --literally --stdin");
  author("git push -q origin " + malformed + ":main");

  for (const bool is_pinned : {false, true}) {
    const auto asked = source([&](GitOptions& options) {
      if (is_pinned) options.config.ref = malformed;
    });
    const auto fetched = run(io_, asked->fetch({"."}, ""));
    ASSERT_TRUE(fetched) << fetched.error().message;
    const auto* refused = std::get_if<RefusedRevision>(&*fetched);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(refused->revision, malformed);
    EXPECT_EQ(refused->commit, Commit{malformed}) << "who wrote the one before has no part in it";
    EXPECT_THAT(refused->why.message, HasSubstr("malformed object (git fsck)"));
  }
  author("git push -qf origin HEAD:main");
  EXPECT_TRUE(fetch(*source())) << "a sound commit takes its place";
}

TEST_F(GitFailureTest, RepositoryIsTooLarge) {
  push("a.yaml", "a");
  author(
      "head -c 300000 /dev/urandom >blob; git add -A; git commit -qm big;"
      "git push -q origin HEAD:main");
  {
    const auto git = source([](GitOptions& options) { options.limits.most_pack_bytes = 100'000; });

    const auto snapshot = fetch(*git);

    ASSERT_FALSE(snapshot);
    EXPECT_EQ(snapshot.error().code, ErrorCode::rejected);
    EXPECT_THAT(snapshot.error().message, HasSubstr("larger than authzd takes"));
  }
  expect_works();
}

TEST_F(GitFailureTest, ManifestsAreTooLarge) {
  push("a.yaml", std::string(1000, '#'));
  const auto git = source([](GitOptions& options) { options.limits.most_text_bytes = 999; });
  EXPECT_EQ(fetch(*git).error().code, ErrorCode::invalid_manifest);
}

TEST_F(GitFailureTest, LocksOfAKilledFetchAreCleanedAway) {
  push("a.yaml", "a");
  ASSERT_TRUE(fetch(*source()));
  const std::string commit = push("a.yaml", "b");
  for (const std::string_view lock : {"shallow.lock", "refs/authzd/head.lock", "config.lock"}) {
    std::ofstream(copy() / lock) << "x";
  }
  std::ofstream(copy() / "objects/pack/tmp_pack_x") << "half";

  const auto git = source();

  EXPECT_EQ(fetch(*git)->revision, commit);
  EXPECT_FALSE(fs::exists(copy() / "objects/pack/tmp_pack_x"));
}

TEST_F(GitFailureTest, ACopyThatIsDamagedIsMadeAnew) {
  push("a.yaml", "a");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  for (const auto& entry : fs::directory_iterator(copy() / "objects/pack")) {
    fs::remove(entry.path());
  }

  EXPECT_FALSE(fetch(*git));
  EXPECT_TRUE(fetch(*git));
}

/// Damage that a power failure can cause, as a script in the copy.
struct Damage {
  const char* name;
  const char* script;

  friend std::ostream& operator<<(std::ostream& out, const Damage& it) { return out << it.name; }
};

class DamagedCopyTest : public GitFailureTest, public testing::WithParamInterface<Damage> {
 protected:
  void damage() {
    author("cd " + copy().string() + "; chmod -R u+w objects; " + GetParam().script);
  }
};

TEST_P(DamagedCopyTest, IsMadeAnewByTheNextProcess) {
  push("a.yaml", "a");
  ASSERT_TRUE(fetch(*source()));
  damage();
  const std::string commit = push("a.yaml", "b");

  if (!fetch(*source())) {  // as a call with a single cycle does
    const auto snapshot = fetch(*source());

    ASSERT_TRUE(snapshot) << snapshot.error().message;
  }
  EXPECT_EQ(fetch(*source())->revision, commit);
}

TEST_P(DamagedCopyTest, IsMadeAnewUnderADaemon) {
  push("a.yaml", "a");
  const auto git = source();
  ASSERT_TRUE(fetch(*git));
  damage();
  const std::string commit = push("a.yaml", "b");

  static_cast<void>(fetch(*git));  // it may fail, and detect the damage
  const auto snapshot = fetch(*git);

  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_EQ(snapshot->revision, commit);
}

INSTANTIATE_TEST_SUITE_P(
    Git,
    DamagedCopyTest,
    testing::Values(Damage{"EmptyPack", "for p in objects/pack/*.pack; do : >$p; done"},
                    Damage{"OtherBytes",
                           "for p in objects/pack/*.pack; do"
                           " printf xxxxxxxx | dd of=$p bs=1 seek=20 conv=notrunc; done"},
                    Damage{"NoPack", "rm -f objects/pack/*"},
                    Damage{"EmptyRef", ": >refs/authzd/head"},
                    Damage{"EmptyHead", ": >HEAD"},
                    Damage{"EmptyConfig", ": >config"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(GitFailureTest, AFileOfHundredsOfMegabytesIsNeverWholeInMemory) {
  const char* streamed = "git config core.bigFileThreshold 1m;";
  author(streamed + std::string("cd \"$(git remote get-url origin)\";") + streamed);
  push("a.yaml", "a");
  author("truncate -s 300M blob; git add -A; git commit -qm big; git push -q origin HEAD:main");

  expect_works();

  rusage children{};
  ASSERT_EQ(getrusage(RUSAGE_CHILDREN, &children), 0);
  EXPECT_LT(children.ru_maxrss, 150L * 1024) << "KiB";
}

TEST_F(GitFailureTest, ACopyWithManyPacksIsMadeAnew) {
  push("a.yaml", "a");
  ASSERT_TRUE(fetch(*source()));
  for (int i = 0; i < 65; ++i) {
    std::ofstream(copy() / "objects/pack" / ("pack-" + std::to_string(i) + ".pack")) << "x";
  }

  expect_works();

  const auto packs = author("ls " + (copy() / "objects/pack").string() + " | grep -c '[.]pack$'");
  EXPECT_EQ(packs, "1");
}

}  // namespace
}  // namespace authzd::test
