// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// iam-sandbox: a local IAM for trying authzd, for tests, and for a manifests repository's own
// checks.
#include "daemon/log.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/net/system_clock.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/replay.hpp"
#include "daemon/sandbox/seed.hpp"
#include "daemon/sandbox/service.hpp"
#include "daemon/sandbox/switches.hpp"
#include "daemon/sandbox/terminal.hpp"
#include "reconciler/base/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

namespace authzd::sandbox {
namespace {

constexpr int kUsage = 64;
constexpr double kFastest = 1'000'000;
constexpr std::size_t kMostWarnings = 1'000;  // further ones are only in the log at /sandbox/v1/log

struct Options {
  std::string listen = "127.0.0.1:8080";
  std::string certificate;
  std::string key;
  std::string seed;
  std::string replay;
  double replay_speed = 1;
  std::vector<std::string> switches;
  std::optional<std::uint64_t> random_seed;
  bool insecure_listen = false;
  bool list_switches = false;
  bool strict = false;
  bool quiet = false;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("--listen", options.listen, "Address and port; port 0 takes any free one")
      ->capture_default_str();
  auto* certificate = app.add_option("--tls-cert", options.certificate, "Certificate, PEM");
  auto* key = app.add_option("--tls-key", options.key, "Its private key, PEM");
  certificate->needs(key);
  key->needs(certificate);
  auto* seed =
      app.add_option("--seed", options.seed, "Accounts, API keys and policies to start with, JSON");
  auto* replay =
      app.add_option(
             "--replay",
             options.replay,
             "Answer as a trace of 'authzd record' has it, and at the end say what was not asked")
          ->type_name("FILE")
          ->excludes(seed);
  app.add_option("--replay-speed",
                 options.replay_speed,
                 "How fast: 1 as recorded, 2 in half the time; 0 answers at once")
      ->type_name("FACTOR")
      ->check(CLI::Range(0.0, kFastest).description(""))
      ->needs(replay)
      ->capture_default_str();
  app.add_option("--set", options.switches, "switch=value; may be repeated");
  app.add_option("--seed-random", options.random_seed, "Same number, same ids");
  app.add_flag("--insecure-listen",
               options.insecure_listen,
               "Allow addresses that others can reach (the admin endpoint is then off)");
  app.add_flag("--strict",
               options.strict,
               "Refuse pairs of services that IBM does not document: --set role-check=strict");
  app.add_flag("--list-switches", options.list_switches, "Show every switch and end");
  app.add_flag("--quiet", options.quiet, "No line per request");
}

bool use_colour() {
  return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

Result<HttpServerOptions> server_options(const Options& options) {
  HttpServerOptions server;
  const auto colon = options.listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : options.listen.substr(colon + 1);
  const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), server.port);
  if (port.empty() || bad != std::errc() || end != port.data() + port.size()) {
    return Error{ErrorCode::invalid_config, "--listen takes ADDRESS:PORT, not " + options.listen};
  }

  server.address = options.listen.substr(0, colon);
  if (server.address.starts_with('[') && server.address.ends_with(']')) {
    server.address = server.address.substr(1, server.address.size() - 2);
  }
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(server.address, no_address);
  const bool loopback = !no_address && address.is_loopback();
  if (!loopback && !options.insecure_listen) {
    return Error{ErrorCode::invalid_config,
                 server.address +
                     " is not a loopback address: anyone who reaches it could use the "
                     "sandbox; add --insecure-listen if that is meant"};
  }
  server.certificate_file = options.certificate;
  server.key_file = options.key;
  server.log = Log::to_stderr(false, LogLevel::warning);
  return server;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return Error{ErrorCode::invalid_config, path + ": cannot be read"};
  return text;
}

std::unique_ptr<Randomness> make_randomness(const Options& options) {
  if (options.random_seed) return std::make_unique<SeededRandomness>(*options.random_seed);
  return std::make_unique<SystemRandomness>();
}

// Returns the text of the seed.
Result<std::string> prepare(SandboxService& service, const Options& options, Timestamp now) {
  if (options.strict) {
    if (auto done = service.set("role-check", "strict"); !done) return done.error();
  }
  for (const std::string& assignment : options.switches) {
    const auto equals = std::min(assignment.find('='), assignment.size());
    const auto value = assignment.substr(std::min(equals + 1, assignment.size()));
    if (auto done = service.set(assignment.substr(0, equals), value); !done) return done.error();
  }
  if (options.seed.empty()) return std::string();

  auto text = read_file(options.seed);
  if (!text) return text;
  if (auto done = service.seed(*text, options.seed, now); !done) return done.error();
  return text;
}

/// Serves until a signal arrives.
Result<void> serve(boost::asio::io_context& io,
                   const HttpServerOptions& options,
                   HttpServer& server,
                   const HttpHandler& handler) {
  Supervisor supervisor(io.get_executor(), options.log);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) {
    server.stop();
    supervisor.stop();
  });
  supervisor.start("serving", server.serve(handler));
  io.run();
  if (!supervisor.failed()) return {};
  return Error{ErrorCode::internal, "serving ended in an error, which the log has"};
}

Result<void> run_replay(const Options& options) {
  SystemClock clock;
  auto trace = read_trace_file(options.replay);
  if (!trace) return std::move(trace).error();
  Replay replay(std::move(*trace));
  auto http = server_options(options);
  if (!http) return http.error();
  boost::asio::io_context io{1};
  auto server = make_http_server(io.get_executor(), *http);
  if (!server) return server.error();
  const ReplayOptions playing{.speed = options.replay_speed, .quiet = options.quiet};
  std::cout << replay_banner(replay, url_of(*http, **server)) << std::endl;
  auto done = serve(io, *http, **server, handler_of(replay, clock, playing));
  say_what_is_left(replay);
  return done;
}

Result<void> run(const Options& options) {
  SystemClock clock;
  const auto random = make_randomness(options);
  SandboxService service(*random);
  auto http = server_options(options);
  if (!http) return http.error();
  const auto seed = prepare(service, options, clock.now());
  if (!seed) return seed.error();
  boost::asio::io_context io{1};
  auto server = make_http_server(io.get_executor(), *http);
  if (!server) return server.error();

  const std::string url = url_of(*http, **server);
  const bool colour = use_colour();
  service.set_base_url(url);
  service.allow_admin(!options.insecure_listen);
  std::cout << banner(url, keys_of_seed(*seed), !options.insecure_listen, colour) << std::endl;
  std::set<std::string> warnings;  // each is shown once
  service.on_request([&](const LoggedRequest& request) {
    if (!options.quiet) std::cout << request_line(request, clock.now(), colour) << std::flush;
    if (request.warning.empty() || warnings.size() > kMostWarnings) return;
    if (!warnings.insert(request.warning).second) return;
    std::cerr << "iam-sandbox: warning: " << printable(request.warning) << std::endl;
  });

  return serve(io, *http, **server, handler_of(service, clock));
}

}  // namespace
}  // namespace authzd::sandbox

int main(int argc, char** argv) {
  CLI::App app{"A local IAM: tokens, authorization policies and roles, with scripted faults."};
  authzd::sandbox::Options options;
  declare(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : authzd::sandbox::kUsage;
  }
  if (options.list_switches) {
    std::cout << authzd::sandbox::switch_list(authzd::sandbox::use_colour());
    return 0;
  }
  const auto done =
      options.replay.empty() ? authzd::sandbox::run(options) : authzd::sandbox::run_replay(options);
  if (done) return 0;
  std::cerr << "iam-sandbox: " << to_string(done.error()) << '\n';
  return 1;
}
