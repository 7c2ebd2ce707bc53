// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/directory_source.hpp"

#include "reconciler/base/text.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace authzd {
namespace {

constexpr int kMostReadings = 6;

/// A listed file may be gone or replaced when it is read: someone is writing.
bool is_passing(const Result<DirectoryReading>& reading) {
  return !reading && reading.error().code == ErrorCode::unavailable;
}

/// An immediate retry would not help.
bool is_silent(const Result<DirectoryReading>& reading) {
  return !reading && reading.error().code == ErrorCode::timeout;
}

Error still_changing(const std::filesystem::path& root, std::chrono::milliseconds quiet) {
  return {ErrorCode::unavailable,
          "the manifests in " + printable(root.string()) +
              " are still being changed: they are taken once they have been the same for " +
              to_string(quiet) + " (source.quiet)"};
}

}  // namespace

Async<Fetched> DirectorySource::fetch(std::vector<std::string> paths, std::string known) {
  std::string unchanged = telling_traces(paths, known);
  const auto began = clock_.ticks();
  auto earlier = co_await read(paths, unchanged);
  if (earlier && !unchanged.empty() && earlier->traces == unchanged) {
    co_return Snapshot{std::move(known), {}};
  }
  if (earlier && earlier->snapshot.revision == known) note(paths, *earlier, began);
  for (int readings = 1; readings < kMostReadings; ++readings) {
    if (is_silent(earlier)) co_return std::move(earlier).error();
    if (earlier && earlier->snapshot.revision == known) {
      co_return Snapshot{std::move(known), {}};
    }
    if (earlier) earlier->snapshot.files = {};  // only one reading's text at a time in memory
    auto later = co_await read_after_quiet(paths);
    if (earlier && later && later->agrees_with(*earlier)) co_return std::move(later->snapshot);
    // A repeated fault is reported; a new one may be a half-written file.
    const bool is_same_fault = !earlier && !later && earlier.error() == later.error();
    if (is_same_fault) co_return std::move(later).error();
    earlier = std::move(later);
  }
  if (!earlier && !is_passing(earlier)) co_return std::move(earlier).error();
  co_return still_changing(root_, options_.quiet);
}

std::string DirectorySource::telling_traces(const std::vector<std::string>& paths,
                                            const std::string& known) const {
  const auto found = seen_.find(paths);
  if (known.empty() || found == seen_.end()) return {};
  const Seen& seen = found->second;
  const bool is_fresh = clock_.ticks() - seen.last_began < options_.longest_unread;
  return seen.revision == known && seen.is_settled && is_fresh ? seen.traces : std::string();
}

/// A write after the later of two readings leaves another trace than one before the earlier of
/// them, if the file system's clock has advanced in between, right or wrong. It must also be right
/// to prove that nothing was written lately.
void DirectorySource::note(const std::vector<std::string>& paths,
                           const DirectoryReading& reading,
                           Time began) {
  Seen& seen = seen_[paths];
  const std::string& revision = reading.snapshot.revision;
  if (seen.revision != revision || seen.traces != reading.traces) {
    seen = {revision, reading.traces, clock_.ticks(), began};
    return;
  }
  seen.last_began = began;
  seen.is_settled =
      began - seen.first_ended >= options_.clock_step && reading.quiet_for >= options_.clock_step;
}

/// Reads everything, whatever the traces show.
Async<bool> DirectorySource::still_holds(std::vector<std::string> paths, std::string revision) {
  const auto reading = co_await read(std::move(paths));
  co_return reading && reading->snapshot.revision == revision;
}

Async<DirectoryReading> DirectorySource::read_after_quiet(std::vector<std::string> paths) const {
  if (options_.quiet.count() > 0) co_await clock_.sleep(options_.quiet);
  co_return co_await read(std::move(paths));
}

Async<DirectoryReading> DirectorySource::read(std::vector<std::string> paths,
                                              std::string unchanged) const {
  if (options_.aside == nullptr) {
    co_return co_await read_here(std::move(paths), std::move(unchanged));
  }
  std::function<Result<DirectoryReading>()> reading = [root = root_,
                                                       paths = std::move(paths),
                                                       limits = options_.limits,
                                                       unchanged = std::move(unchanged),
                                                       read = options_.read] {
    return read(root, paths, limits, unchanged);
  };
  std::string doing = "reading the manifests in " + printable(root_.string()) +
                      ", whose file system may not answer";
  co_return co_await options_.aside->run(std::move(reading), std::move(doing));
}

/// Yields to others after each file.
Async<DirectoryReading> DirectorySource::read_here(std::vector<std::string> paths,
                                                   std::string unchanged) const {
  auto reader = DirectoryReader::list(root_, paths, options_.limits);
  if (!reader) co_return std::move(reader).error();
  const bool is_unchanged = !unchanged.empty() && reader->traces() == unchanged;
  while (!is_unchanged && reader->has_more()) {
    if (auto read = reader->read_next(); !read) co_return std::move(read).error();
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
  co_return std::move(*reader).finish();
}

}  // namespace authzd
