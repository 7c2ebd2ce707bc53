// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/cycle/cycle_fixture.hpp"

#include "daemon/source/directory_source.hpp"
#include "tests/support/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace authzd::test {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Json demo_seed() {
  Json seed = Json::parse(read_file(source_path("daemon/sandbox/seed/demo.json")));
  for (Json& each : seed["api_keys"]) {
    if (each["key"] == "demo-api-key") each["key"] = kDemoKey;
  }
  Json half_sighted = seed["api_keys"][0];
  half_sighted["key"] = kHalfSightedKey;
  half_sighted["reads"] = {"kms"};
  seed["api_keys"].push_back(std::move(half_sighted));
  return seed;
}

const Json& attributes_of(const Json& policy, const std::string& side) {
  return policy.at(side).at("attributes");
}

std::string value_of(const Json& policy, const std::string& side, const std::string& name) {
  for (const Json& each : attributes_of(policy, side)) {
    if (each["key"] == name) return each["value"].get<std::string>();
  }
  return {};
}

}  // namespace

std::string manifest_of(const std::string& name,
                        const std::string& source,
                        const std::vector<std::string>& targets,
                        const std::string& role) {
  std::string text = "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + name +
                     "}\nspec:\n  description: For a test.\n  source: {service: " + source +
                     "}\n  targets:\n";
  for (const std::string& target : targets) text += "    - service: " + target + "\n";
  return text + "  roles: [" + role + "]\n";
}

std::string description_of(const Json& policy) {
  return policy.value("description", std::string());
}

std::string role_of(const Json& policy) {
  return policy.at("control").at("grant").at("roles").at(0).at("role_id");
}

std::string target_of(const Json& policy) {
  return value_of(policy, "resource", "serviceName");
}

CycleTest::CycleTest() {
  Json seed = demo_seed();
  seed["policies"] = Json::array();
  if (!service.seed(seed.dump(), "seed", clock.now())) throw std::logic_error("a bad seed");
  spec.name = "demo";
  spec.id = AccountId{kDemoAccount};
  spec.owner = "prod";
  spec.mode = Mode::sync;
  spec.allow_empty_account = true;
  spec.rails.removal_grace.wait = {};  // except in the tests about it
  iam.account = spec.id;
  lose_state();
  approve_first_deletes();
}

CycleTest::~CycleTest() {}

void CycleTest::seed_demo() {
  if (!service.seed(demo_seed().dump(), "demo", clock.now())) throw std::logic_error("a bad seed");
}

void CycleTest::write_file(const std::string& name, const std::string& text) const {
  std::ofstream(directory / name, std::ios::binary) << text;
}

void CycleTest::remove_file(const std::string& name) const {
  std::filesystem::remove(directory / name);
}

void CycleTest::end_process() {
  if (http != nullptr) {
    seen_tokens.insert(seen_tokens.end(), http->tokens().begin(), http->tokens().end());
  }
  http = nullptr;
  account.reset();
}

void CycleTest::restart(bool may_write) {
  end_process();
  may_write_ = may_write;
  AccountParts parts;
  parts.spec = spec;
  parts.run = std::make_shared<std::string>();
  const auto keep = [this](std::string_view line) { lines.emplace_back(line); };
  const auto now = [this] { return clock.now(); };
  parts.log = Log::to_sink(keep, now, true, LogLevel::debug)
                  .with("account", spec.name)
                  .with("run", parts.run);
  parts.state = std::make_unique<AccountState>(database, spec.id);
  parts.source = std::make_shared<DirectorySource>(directory, clock, DirectoryOptions{.quiet = {}});
  parts.observers = observers;
  auto direct = std::make_unique<DirectHttp>(service, clock);
  http = direct.get();
  parts.http = std::move(direct);
  auto session = make_session(iam,
                              {.http = *parts.http,
                               .clock = clock,
                               .randomness = randomness,
                               .total = {},
                               .log = parts.log},
                              ApiKey{.value = Secret(key)});
  parts.reader = make_policy_reader(session, iam);
  if (may_write) parts.writer = make_policy_writer(session);
  account = std::make_unique<AccountRuntime>(std::move(parts), clock);
}

void CycleTest::lose_state() {
  DatabaseOptions options;
  if (!state_file.empty()) {
    end_process();
    database.reset();  // and with it the lock
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(state_file.string() + suffix);
    }
    options.path = state_file;
  }
  auto fresh = Database::open(options);
  if (!fresh) throw std::logic_error(fresh.error().message);
  database = std::move(*fresh);
}

void CycleTest::approve_first_deletes() {
  const Grantor by{"the test", clock.now()};
  if (!state().approvals.approve_first_deletes(by)) throw std::logic_error("no approval");
}

CycleEnd CycleTest::cycle() {
  if (!account) restart();
  CycleEnd end = run(io, run_cycle(*account, randomness.hex(12), stop));
  left_undone_ = end.error || (end.performed && count(*end.performed).failed > 0);
  clock.advance(pause);
  return end;
}

CycleEnd CycleTest::good_cycle() {
  CycleEnd end = cycle();
  EXPECT_FALSE(end.error) << to_string(*end.error);
  EXPECT_FALSE(end.refusal) << to_string(end.refusal->error);
  EXPECT_TRUE(end.performed);
  EXPECT_FALSE(left_undone_) << logged();
  return end;
}

void CycleTest::inject(sandbox::Fault fault) {
  if (!service.inject(std::move(fault))) throw std::logic_error("a bad fault");
}

void CycleTest::set(const std::string& name, const std::string& value) {
  if (auto done = service.set(name, value); !done) throw std::logic_error(done.error().message);
}

void CycleTest::edit(const std::string& id, const Json& change) {
  const auto done = service.edit(id, change.dump(), clock.now());
  if (!done) throw std::logic_error(done.error().message);
  clock.advance(std::chrono::seconds(1));
}

std::vector<Json> CycleTest::policies() {
  service.allow_admin(true);
  const auto reply = service.handle({"GET", "/sandbox/v1/policies"}, clock.now());
  std::vector<Json> active;
  const Json body = Json::parse(reply.response.body);
  for (const Json& each : body.at("policies")) {
    if (each.at("state") == "active") active.push_back(each);
  }
  return active;
}

std::vector<Json> CycleTest::ours() {
  std::vector<Json> found = policies();
  std::erase_if(found, [](const Json& policy) {
    return description_of(policy).find("(authzd: prod/") == std::string::npos;
  });
  return found;
}

std::string CycleTest::only_id() {
  const auto found = ours();
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? std::string() : found.front().at("id").get<std::string>();
}

std::size_t CycleTest::sent(const std::string& method) const {
  const auto is_it = [&](const sandbox::LoggedRequest& each) {
    return each.method == method && each.target.find("/policies") != std::string::npos;
  };
  return static_cast<std::size_t>(std::ranges::count_if(service.log(), is_it));
}

std::string CycleTest::logged() const {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

void CycleTest::check_secrets() const {
  const std::string all = logged();
  EXPECT_EQ(all.find(key), std::string::npos) << "the API key is in the log";
  auto tokens = seen_tokens;
  tokens.insert(tokens.end(), http->tokens().begin(), http->tokens().end());
  for (const std::string& token : tokens) {
    EXPECT_EQ(all.find(token), std::string::npos) << "a token is in the log";
  }
  for (const std::string& line : lines) {
    const Json parsed = Json::parse(line, nullptr, false);
    EXPECT_TRUE(parsed.is_object()) << line;
    EXPECT_TRUE(parsed.contains("account")) << line;
    EXPECT_TRUE(parsed.contains("run")) << line;
  }
}

void CycleTest::TearDown() {
  if (!account) return;
  service.clear_faults();
  if (must_be_quiet) {
    if (left_undone_) cycle();
    const std::size_t before = unsafe();
    if (may_write_) cycle();
    EXPECT_EQ(unsafe(), before) << "a second cycle wrote:\n" << logged();
    restart();
    cycle();
    EXPECT_EQ(unsafe(), before) << "the first cycle after a restart wrote:\n" << logged();
    lose_state();
    restart();
    cycle();
    EXPECT_EQ(unsafe(), before) << "the first cycle with a new state wrote:\n" << logged();
    restart(false);
    cycle();
    EXPECT_EQ(unsafe(), before) << "a dry run wrote:\n" << logged();
  }
  check_secrets();
}

}  // namespace authzd::test
