// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A half-written directory is never a revision.
#include "daemon/source/directory_source.hpp"

#include "tests/support/run_async.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <functional>
#include <sys/stat.h>

namespace authzd::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// While the source waits, someone changes the files.
class BusyClock final : public VirtualClock {
 public:
  boost::asio::awaitable<void> sleep(std::chrono::milliseconds duration) override {
    if (!steps.empty()) {
      steps.front()();
      steps.pop_front();
    }
    co_await VirtualClock::sleep(duration);
  }

  std::deque<std::function<void()>> steps;  // one per wait
};

class DirectorySourceTest : public testing::Test {
 protected:
  void write(const fs::path& name, std::string_view text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  /// As `install`, rsync and editors do: a new file replaces the old one.
  void replace(const fs::path& name, std::string_view text) const {
    write(".new", text);
    fs::rename(root_ / ".new", root_ / name);
  }

  Result<Snapshot> fetch(const std::string& known = "") {
    auto fetched = run(io_, source_.fetch({"."}, known));
    if (!fetched) return std::move(fetched).error();
    return std::get<Snapshot>(std::move(*fetched));
  }

  /// The texts of the files, by name.
  std::map<std::string, std::string> texts() {
    std::map<std::string, std::string> texts;
    const auto snapshot = fetch();
    EXPECT_TRUE(snapshot) << to_string(snapshot.error());
    if (!snapshot) return texts;
    for (const SourceFile& file : snapshot->files) {
      texts.emplace(fs::path(file.name).lexically_relative(root_).string(), file.text);
    }
    return texts;
  }

  using Texts = std::map<std::string, std::string>;

  boost::asio::io_context io_{1};
  BusyClock clock_;
  TempFolder temporary_;
  const fs::path root_ = temporary_.path();
  DirectorySource source_{root_, clock_};
};

TEST_F(DirectorySourceTest, TakesWhatIsTheSameAfterTwoSeconds) {
  write("a.yaml", "a");

  EXPECT_EQ(texts(), (Texts{{"a.yaml", "a"}}));
  EXPECT_THAT(clock_.sleeps(), ElementsAre(2s));
}

TEST_F(DirectorySourceTest, WaitsForNothingWhereItIsKnown) {
  write("a.yaml", "a");
  const std::string known = fetch()->revision;
  clock_.forget_sleeps();

  const auto again = fetch(known);

  ASSERT_TRUE(again);
  EXPECT_EQ(again->revision, known);
  EXPECT_THAT(again->files, SizeIs(0));
  EXPECT_THAT(clock_.sleeps(), SizeIs(0));
}

TEST_F(DirectorySourceTest, WaitsUntilAFileThatIsBeingWrittenIsWhole) {
  write("a.yaml", "first document");
  clock_.steps = {[this] { write("a.yaml", "first document\n---\nsecond document"); }};

  EXPECT_EQ(texts(), (Texts{{"a.yaml", "first document\n---\nsecond document"}}));
  EXPECT_THAT(clock_.sleeps(), ElementsAre(2s, 2s));
}

TEST_F(DirectorySourceTest, WaitsUntilAFileThatWasTakenAwayIsBack) {
  write("a.yaml", "a");
  clock_.steps = {[this] { write("b.yaml", "b"); }};  // rm and cp: b was missing for a moment

  EXPECT_EQ(texts(), (Texts{{"a.yaml", "a"}, {"b.yaml", "b"}}));
}

TEST_F(DirectorySourceTest, WaitsUntilALinkThatLeadsNowhereIsTurned) {
  fs::create_symlink("..data/a.yaml", root_ / "a.yaml");
  clock_.steps = {[this] { write("..data/a.yaml", "a"); }};

  EXPECT_EQ(texts(), (Texts{{"a.yaml", "a"}}));
}

TEST_F(DirectorySourceTest, TakesAConfigMapThatIsFlippedWhole) {
  write("..2024_1/a.yaml", "old");
  write("..2024_2/a.yaml", "new");
  fs::create_directory_symlink("..2024_1", root_ / "..data");
  fs::create_symlink("..data/a.yaml", root_ / "a.yaml");
  clock_.steps = {[this] {
    fs::create_directory_symlink("..2024_2", root_ / "..data_tmp");
    fs::rename(root_ / "..data_tmp", root_ / "..data");
    fs::remove_all(root_ / "..2024_1");
  }};

  EXPECT_EQ(texts(), (Texts{{"a.yaml", "new"}}));
  EXPECT_THAT(clock_.sleeps(), ElementsAre(2s, 2s));
}

TEST_F(DirectorySourceTest, TakesNothingThatGoesOnChangingThoughItsTextStaysTheSame) {
  write("a.yaml", "a");
  for (int i = 0; i < 20; ++i) clock_.steps.push_back([this] { replace("a.yaml", "a"); });

  const auto snapshot = fetch();

  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::unavailable);
  EXPECT_THAT(snapshot.error().message, HasSubstr("are still being changed"));
  EXPECT_THAT(snapshot.error().message, HasSubstr("2s (source.quiet)"));
  EXPECT_THAT(clock_.sleeps(), testing::AllOf(SizeIs(5), Each(2s)));
}

TEST_F(DirectorySourceTest, SaysAtOnceWhetherItStillHoldsARevision) {
  write("a.yaml", "a");
  const std::string revision = fetch()->revision;
  clock_.forget_sleeps();

  EXPECT_TRUE(*run(io_, source_.still_holds({"."}, revision)));
  write("b.yaml", "b");
  EXPECT_FALSE(*run(io_, source_.still_holds({"."}, revision)));
  fs::remove_all(root_);
  EXPECT_FALSE(*run(io_, source_.still_holds({"."}, revision)));
  EXPECT_THAT(clock_.sleeps(), SizeIs(0));
}

/// A file system whose last write was as long ago as the test sets.
class QuietDirectory : public DirectorySourceTest {
 protected:
  QuietDirectory() {
    write("a.yaml", "a");
    DirectoryOptions options{.quiet = {}};
    options.aside = std::make_shared<Aside>(io_.get_executor(), 60s);
    options.read = [this](const fs::path& root,
                          const std::vector<std::string>& paths,
                          const DirectoryLimits& limits,
                          const std::string& unchanged) {
      auto reading = read_directory(root, paths, limits, unchanged);
      if (reading) reading->quiet_for = quiet_for_;
      if (reading) was_read_ = !reading->snapshot.revision.empty();
      return reading;
    };
    quiet_ = std::make_unique<DirectorySource>(root_, clock_, options);
    known_ = fetch_of_known("");
  }

  std::string fetch_of_known(const std::string& known) {
    const auto fetched = run(io_, quiet_->fetch({"."}, known));
    EXPECT_TRUE(fetched);
    return fetched ? std::get<Snapshot>(*fetched).revision : std::string();
  }

  /// Whether a fetch after this pause reads files to find that nothing has changed.
  bool reads_after(std::chrono::milliseconds pause) {
    clock_.advance(pause);
    EXPECT_EQ(fetch_of_known(known_), known_);
    return was_read_;
  }

  std::chrono::milliseconds quiet_for_ = 1h;
  bool was_read_ = false;
  std::unique_ptr<DirectorySource> quiet_;
  std::string known_;
};

TEST_F(QuietDirectory, IsNotReadAgainOnceItHasLainThereForAWhile) {
  EXPECT_TRUE(reads_after(0s));
  EXPECT_TRUE(reads_after(5s));
  EXPECT_FALSE(reads_after(5s));
  EXPECT_FALSE(reads_after(5s));
}

TEST_F(QuietDirectory, IsReadAgainWhileItsClockMayNotHaveMovedOn) {
  EXPECT_TRUE(reads_after(0s));
  EXPECT_TRUE(reads_after(4s));
  EXPECT_TRUE(reads_after(500ms));
}

TEST_F(QuietDirectory, IsReadAgainWhereItWasWrittenLately) {
  quiet_for_ = 4s;
  EXPECT_TRUE(reads_after(0s));
  EXPECT_TRUE(reads_after(1min));
  EXPECT_TRUE(reads_after(1min));
}

TEST_F(QuietDirectory, IsReadAgainNowAndThenWhateverItsTracesSay) {
  EXPECT_TRUE(reads_after(0s));
  EXPECT_TRUE(reads_after(5s));
  EXPECT_FALSE(reads_after(9min));
  EXPECT_TRUE(reads_after(1min));
  EXPECT_FALSE(reads_after(1min));
}

TEST_F(QuietDirectory, IsReadAgainForAnotherKnownRevision) {
  EXPECT_TRUE(reads_after(0s));
  EXPECT_TRUE(reads_after(5s));

  EXPECT_EQ(fetch_of_known("dir:0"), known_);
  EXPECT_TRUE(was_read_);
}

TEST_F(QuietDirectory, IsReadAgainWhateverKindOfWriteThereWas) {
  const std::vector<std::function<void()>> writes{
      [this] { write("a.yaml", "bb"); },
      [this] { replace("a.yaml", "ccc"); },
      [this] { write("folder/b.yaml", "new"); },
      [this] { fs::rename(root_ / "folder/b.yaml", root_ / "folder/c.yaml"); },
      [this] { fs::remove_all(root_ / "folder"); },
      [this] { write(".authzdignore", "other.yaml\n"); },
      [this] {
        write("hidden/.x", "d");
        fs::remove(root_ / "a.yaml");
        fs::create_symlink("hidden/.x", root_ / "a.yaml");
      },
      [this] { write("hidden/.x", "ee"); },
  };
  for (std::size_t i = 0; i < writes.size(); ++i) {
    while (reads_after(5s)) continue;
    writes[i]();
    known_ = fetch_of_known(known_);
    EXPECT_TRUE(was_read_) << "write " << i;
  }
}

TEST_F(DirectorySourceTest, ReadsAgainWhatWasWrittenJustNow) {
  write("a.yaml", "a");
  const std::string known = fetch()->revision;
  for (int cycle = 0; cycle < 3; ++cycle) {
    clock_.advance(1min);
    ASSERT_EQ(fetch(known)->revision, known);
  }

  write("a.yaml", "b");  // perhaps in the same step of the file system's clock

  EXPECT_NE(fetch(known)->revision, known);
}

/// A file system that does not answer: a reader hangs until a FIFO has a writer.
class SilentDirectory : public DirectorySourceTest {
 protected:
  SilentDirectory() { EXPECT_EQ(::mkfifo(fifo_.c_str(), 0600), 0); }

  DirectorySource source_with(std::chrono::milliseconds limit) {
    DirectoryOptions options{.quiet = {}};
    options.aside = std::make_shared<Aside>(io_.get_executor(), limit);
    options.read = [fifo = fifo_](const fs::path& root,
                                  const std::vector<std::string>& paths,
                                  const DirectoryLimits& limits,
                                  const std::string& unchanged) {
      const std::ifstream opened(fifo);  // which waits for a writer
      return read_directory(root, paths, limits, unchanged);
    };
    return {root_, clock_, options};
  }

  /// Releases every reader, current and later ones.
  void answer() { writer_.open(fifo_, std::ios::in | std::ios::out); }

  const fs::path fifo_ = root_ / ".silent";
  std::fstream writer_;
};

TEST_F(SilentDirectory, IsAnErrorInTimeAndIsNotAskedAgainBeforeItAnswers) {
  write("a.yaml", "a");
  DirectorySource source = source_with(10ms);

  const auto silent = run(io_, source.fetch({"."}, ""));
  const auto again = run(io_, source.fetch({"."}, ""));

  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, ErrorCode::timeout);
  EXPECT_THAT(silent.error().message, HasSubstr("whose file system may not answer"));
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("an earlier try has not ended yet"));
  EXPECT_FALSE(*run(io_, source.still_holds({"."}, "dir:0")));
  answer();
  while (!run(io_, source.fetch({"."}, ""))) continue;
}

TEST_F(SilentDirectory, StopsNothingElseOnTheLoop) {
  write("a.yaml", "a");
  DirectorySource source = source_with(60s);
  const auto others_work = [this] { answer(); };
  boost::asio::post(io_, others_work);

  const auto fetched = run(io_, source.fetch({"."}, ""));

  ASSERT_TRUE(fetched) << to_string(fetched.error());
  EXPECT_THAT(std::get<Snapshot>(*fetched).files, SizeIs(1));
}

}  // namespace
}  // namespace authzd::test
