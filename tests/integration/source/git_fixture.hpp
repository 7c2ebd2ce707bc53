// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A repository, written as by its authors, with a real server, and a source that follows it.
#pragma once

#include "daemon/source/child.hpp"
#include "daemon/source/git_source.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd::test {

/// A port on loopback that was free a moment ago.
std::uint16_t free_port();

/// A server of git_servers.sh, as long as this object exists.
class GitServer {
 public:
  /// Returns when the port accepts connections. `why_not` is set if the server is not installed.
  GitServer(const std::string& kind, const std::filesystem::path& directory, std::string& why_not);

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Its output to standard error since the last call.
  std::string said();

 private:
  std::uint16_t port_;
  std::optional<Child> child_;
};

class GitFixture : public testing::Test {
 protected:
  GitFixture();
  ~GitFixture() override;

  /// Runs a bash script in the author's work tree; fails the test if it fails. Returns its output,
  /// without surrounding white space.
  std::string author(const std::string& script);

  /// Writes one file, commits and pushes; returns the commit.
  std::string push(const std::string& file, const std::string& text);

  /// Starts the server for this test; skips the test, with the reason, if it is not installed.
  void serve(const std::string& kind);
  void stop_serving() { server_.reset(); }

  /// The number of requests to git daemon since the last call.
  std::size_t requests();

  /// A source for the server, with its options changed by `change`.
  std::unique_ptr<GitSource> source(const std::function<void(GitOptions&)>& change = nullptr);

  /// A refused revision is an error, too.
  Result<Snapshot> fetch(Source& source,
                         const std::vector<std::string>& paths = {"."},
                         const std::string& known = "");
  Lineage lineage(Source& source, const std::string& revision, const std::string& earlier);

  [[nodiscard]] std::filesystem::path copy() const;  // the source's bare copy

  boost::asio::io_context io_{1};
  test::TempFolder temporary_;
  const std::filesystem::path root_ = temporary_.path();
  std::optional<GitServer> server_;
  std::string url_;
};

}  // namespace authzd::test
