// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/source/git_fixture.hpp"

#include "daemon/source/process.hpp"
#include "tests/support/run_async.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstdlib>
#include <fstream>
#include <poll.h>
#include <unistd.h>

namespace authzd::test {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

constexpr std::string_view kPath = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
constexpr int kNotInstalled = 77;

bool takes_connections(std::uint16_t port) {
  boost::asio::io_context io;
  tcp::socket socket(io);
  boost::system::error_code ec;
  socket.connect({boost::asio::ip::address_v4::loopback(), port}, ec);
  return !ec;
}

/// Whether `fd` can be read, or is at its end, within 10 ms.
bool is_readable(int fd) {
  pollfd state{fd, POLLIN, 0};
  return ::poll(&state, 1, 10) == 1;
}

std::string read_what_is_there(int fd) {
  std::string text;
  std::array<char, 4096> part{};
  while (is_readable(fd)) {
    const auto n = ::read(fd, part.data(), part.size());
    if (n <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(n));
  }
  return text;
}

}  // namespace

std::uint16_t free_port() {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), 0});
  return acceptor.local_endpoint().port();
}

GitServer::GitServer(const std::string& kind, const fs::path& directory, std::string& why_not)
    : port_(free_port()) {
  ProcessSpec spec;
  spec.program = AUTHZD_GIT_SERVERS;
  spec.arguments = {kind, directory.string(), std::to_string(port_)};
  spec.environment.emplace_back(std::string(kPath));
  spec.environment.emplace_back("HOME=" + directory.string());
  auto child = Child::start(spec);
  if (!child) throw std::runtime_error(to_string(child.error()));
  child_.emplace(std::move(*child));
  while (!takes_connections(port_)) {
    if (!is_readable(child_->ended.get())) continue;
    why_not = read_what_is_there(child_->errors.get());
    if (child_->reap() != kNotInstalled) throw std::runtime_error("no " + kind + ": " + why_not);
    return;
  }
}

std::string GitServer::said() {
  return read_what_is_there(child_->errors.get());
}

GitFixture::GitFixture() {
  fs::create_directories(root_ / "work");
  author("git init -q --bare -b main ../repositories/manifests.git; git init -q -b main .");
  author("git remote add origin ../repositories/manifests.git");
}

GitFixture::~GitFixture() {
  server_.reset();
}

std::string GitFixture::author(const std::string& script) {
  ProcessSpec spec;
  spec.program = "bash";
  spec.arguments = {"-euo", "pipefail", "-c", script};
  spec.directory = (root_ / "work").string();
  for (const std::string& variable : {std::string(kPath),
                                      "HOME=" + root_.string(),
                                      std::string("GIT_CONFIG_NOSYSTEM=1"),
                                      std::string("GIT_AUTHOR_NAME=Ann"),
                                      std::string("GIT_AUTHOR_EMAIL=ann@example.com"),
                                      std::string("GIT_COMMITTER_NAME=Ann"),
                                      std::string("GIT_COMMITTER_EMAIL=ann@example.com")}) {
    spec.environment.emplace_back(variable);
  }
  const auto done =
      run(io_, run_process(std::move(spec), std::chrono::minutes(2), "the author's script"));
  if (!done) throw std::runtime_error(to_string(done.error()));
  if (done->exit_code != 0) throw std::runtime_error(script + ": " + done->errors);
  const std::size_t end = done->output.find_last_not_of(" \n");
  return done->output.substr(0, end == std::string::npos ? 0 : end + 1);
}

std::string GitFixture::push(const std::string& file, const std::string& text) {
  fs::create_directories((root_ / "work" / file).parent_path());
  std::ofstream(root_ / "work" / file, std::ios::binary) << text;
  return author(
      "git add -A; git commit -qm change; git push -qf origin HEAD:main; git rev-parse HEAD");
}

void GitFixture::serve(const std::string& kind) {
  std::string why_not;
  server_.emplace(kind, root_, why_not);
  if (!why_not.empty()) GTEST_SKIP() << "no server here: " << why_not;
  const std::string at = "127.0.0.1:" + std::to_string(server_->port()) + "/";
  if (kind == "daemon") url_ = "git://" + at + "manifests.git";
  if (kind == "https") url_ = "https://" + at + "manifests.git";
  if (kind == "sshd") {
    url_ = "ssh://" + author("id -un") + "@" + at.substr(0, at.size() - 1) + root_.string() +
           "/repositories/manifests.git";
  }
}

std::size_t GitFixture::requests() {
  const std::string said = server_->said();
  std::size_t count = 0;
  for (std::size_t at = said.find("Request"); at != std::string::npos;
       at = said.find("Request", at + 1)) {
    ++count;
  }
  return count;
}

std::unique_ptr<GitSource> GitFixture::source(const std::function<void(GitOptions&)>& change) {
  GitOptions options;
  options.config.url = url_;
  options.directory = root_ / "state";
  if (change) change(options);
  options.url = parse_git_url(options.config.url).value();
  return std::make_unique<GitSource>(io_.get_executor(), std::move(options), TempDirectory());
}

Result<Snapshot> GitFixture::fetch(Source& source,
                                   const std::vector<std::string>& paths,
                                   const std::string& known) {
  auto fetched = run(io_, source.fetch(paths, known));
  if (!fetched) return std::move(fetched).error();
  if (auto* refused = std::get_if<RefusedRevision>(&*fetched)) return std::move(refused->why);
  return std::get<Snapshot>(std::move(*fetched));
}

Lineage GitFixture::lineage(Source& source,
                            const std::string& revision,
                            const std::string& earlier) {
  return run(io_, source.lineage(revision, earlier)).value();
}

fs::path GitFixture::copy() const {
  return fs::directory_iterator(root_ / "state")->path() / "repository.git";
}

}  // namespace authzd::test
