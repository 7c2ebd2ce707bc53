// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/soak/soak_account.hpp"

#include "daemon/cycle/audit_trail.hpp"
#include "daemon/iam/iam.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/sandbox/service.hpp"
#include "daemon/source/directory_source.hpp"
#include "daemon/state/account_state.hpp"

#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace authzd::soak {
namespace {

constexpr const char* kAccount = "a1234567a1234567a1234567a1234567";  // of the demo's seed
constexpr const char* kKey = "demo-api-key";
constexpr std::size_t kAnyNumber = 1'000'000;

AccountSpec soaked_account() {
  AccountSpec spec;
  spec.name = "soak";
  spec.id = AccountId{kAccount};
  spec.owner = "soak";
  spec.mode = Mode::sync;
  spec.allow_empty = true;
  spec.allow_empty_account = true;
  // What is looked for is growth: nothing is to wait for a person.
  spec.rails.limits.max_create = kAnyNumber;
  spec.rails.limits.max_update = kAnyNumber;
  spec.rails.removal_grace.wait = {};
  spec.rails.limits.max_delete = kAnyNumber;
  spec.rails.limits.max_delete_percent = 100;
  return spec;
}

std::unique_ptr<AccountState> open_state(const std::filesystem::path& file, const AccountId& id) {
  DatabaseOptions options;
  options.path = file;
  auto database = Database::open(options);
  if (!database) throw std::runtime_error(to_string(database.error()));
  auto state = std::make_unique<AccountState>(*database, id);
  const Grantor by{"the soak", Timestamp{}};
  if (!state->approvals.approve_first_deletes(by)) throw std::runtime_error("no approval");
  return state;
}

}  // namespace

SoakAccount::SoakAccount(sandbox::SandboxService& service,
                         test::VirtualClock& clock,
                         const std::filesystem::path& manifests,
                         const std::filesystem::path& state,
                         std::uint64_t seed)
    : service_(service), clock_(clock), randomness_(seed), servers_(io_.get_executor(), Log()) {
  auto server = make_http_server(io_.get_executor(), {});
  if (!server) throw std::runtime_error(to_string(server.error()));
  server_ = std::move(*server);
  servers_.start("sandbox", server_->serve(sandbox::handler_of(service, clock)));

  AccountParts parts;
  parts.spec = soaked_account();
  parts.run = std::make_shared<std::string>();
  parts.state = open_state(state, parts.spec.id);
  parts.source =
      std::make_shared<DirectorySource>(manifests, clock_, DirectoryOptions{.quiet = {}});
  parts.observers = {
      make_audit_trail((state.parent_path() / "audit.jsonl").string(), state.string())};
  auto http = make_http_client(io_.get_executor(),
                               {.origin = {"http", "127.0.0.1", server_->port()}, .ca_file = {}});
  if (!http) throw std::runtime_error(to_string(http.error()));
  parts.http = std::move(*http);
  IamOptions iam;
  iam.account = parts.spec.id;
  auto session = make_session(iam,
                              {.http = *parts.http,
                               .clock = clock,
                               .randomness = randomness_,
                               .total = {},
                               .log = parts.log},
                              ApiKey{.value = Secret(kKey)});
  parts.reader = make_policy_reader(session, iam);
  parts.writer = make_policy_writer(session);
  account_ = std::make_unique<AccountRuntime>(std::move(parts), clock);
}

SoakAccount::~SoakAccount() {
  servers_.stop();
  io_.restart();
  io_.run();
}

CycleEnd SoakAccount::cycle() {
  std::optional<CycleEnd> ended;
  const auto on_end = [&](const std::exception_ptr& thrown, CycleEnd end) {
    if (!thrown) ended = std::move(end);
    io_.stop();
  };
  boost::asio::co_spawn(io_, run_cycle(*account_, randomness_.hex(12), stop_), on_end);
  io_.restart();
  io_.run();
  if (!ended) throw std::runtime_error("a cycle threw");
  clock_.advance(std::chrono::minutes(30));
  return std::move(*ended);
}

void SoakAccount::forget_history() {
  service_.forget_log();
  clock_.forget_sleeps();
}

}  // namespace authzd::soak
