// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/admin/desk_fixture.hpp"

#include "daemon/app/command_table.hpp"
#include "daemon/iam/iam.hpp"
#include "daemon/source/directory_source.hpp"
#include "tests/support/reloads.hpp"
#include "tests/support/source_tree.hpp"

#include <boost/asio/post.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace authzd::test {
namespace {

using sandbox::Json;

const std::string kDemoAccount = "a1234567a1234567a1234567a1234567";
std::string empty_demo() {
  std::ifstream file(source_path("daemon/sandbox/seed/demo.json"), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Json seed = Json::parse(text);
  seed["policies"] = Json::array();
  return seed.dump();
}

}  // namespace

DeskTest::DeskTest() {
  if (!sandbox.seed(empty_demo(), "seed", clock.now())) throw std::logic_error("a bad seed");
  std::filesystem::create_directory(directory / "manifests");
  spec.name = "demo";
  spec.id = AccountId{kDemoAccount};
  spec.owner = "prod";
  spec.mode = Mode::sync;
  spec.allow_empty_account = true;
  spec.rails.removal_grace.wait = {};
  spec.concurrency = 1;
}

std::shared_ptr<AccountRuntime> DeskTest::open(const std::string& fingerprint) {
  AccountParts parts;
  parts.spec = spec;
  parts.fingerprint = fingerprint;
  parts.run = std::make_shared<std::string>();
  auto made = state_in_memory(spec.id);
  if (!made) throw std::runtime_error(made.error().message);
  parts.state = std::move(*made);
  parts.source = std::make_shared<DirectorySource>(
      directory / "manifests", clock, DirectoryOptions{.quiet = {}});
  if (wrap_source) parts.source = wrap_source(parts.source);
  auto direct = std::make_unique<DirectHttp>(sandbox, clock);
  http = direct.get();
  parts.http = std::move(direct);
  IamOptions iam;
  iam.account = spec.id;
  const IamSeams seams{.http = *parts.http, .clock = clock, .randomness = randomness};
  auto session = make_session(iam, seams, ApiKey{.value = Secret("demo-api-key")});
  parts.reader = make_policy_reader(session, iam);
  if (spec.mode != Mode::observe) parts.writer = make_policy_writer(session);
  return std::make_shared<AccountRuntime>(std::move(parts), clock);
}

void DeskTest::start() {
  account = open();
  const DaemonParts service{io.get_executor(), clock, randomness, Log(), reload_of(reload)};
  daemon = std::make_unique<Daemon>(service, Accounts{account});
  commands = std::make_unique<AdminCommands>(AdminCommands::Parts{
      *daemon, kConfig, environment, io.get_executor(), clock, randomness, Log()});
  serve([this](const CommandCall& call, Peer who) {
    if (on_call) on_call();
    if (login) who.login_uid = login;
    return commands->open(call, std::move(who));
  });
}

Result<CommandCall> DeskTest::call_of(const std::vector<std::string>& words) {
  auto parsed = parse_command_line(words, command_table());
  if (auto* early = std::get_if<EarlyExit>(&parsed)) return Error{ErrorCode::rejected, early->text};
  auto& invocation = std::get<Invocation>(parsed);
  return CommandCall{.command = std::string(invocation.row->name),
                     .options = std::move(invocation.given),
                     .config = kConfig};
}

int DeskTest::call(const std::vector<std::string>& words, TestConsole& console) {
  auto asked = call_of(words);
  auto code = asked ? AdminTest::call(*std::move(asked), console) : Result<int>(asked.error());
  if (code) return *code;
  console.err << code.error().message;
  return code.error().code == ErrorCode::rejected ? 64 : 1;
}

int DeskTest::call_with_cycles(const std::vector<std::string>& words, TestConsole& console) {
  const auto asking = [&]() -> boost::asio::awaitable<int> {
    Supervisor cycles(io.get_executor(), Log());
    on_call = [&] { boost::asio::post(io, [&] { cycles.start("cycles", daemon->run()); }); };
    const auto code = co_await call_daemon(socket(), call_of(words).value(), console, {});
    on_call = {};
    daemon->stop();
    co_await cycles.drained();
    co_return code.value();
  };
  return during(asking());
}

void DeskTest::write_manifest(const std::string& name,
                              const std::vector<std::string>& targets,
                              const std::string& source) {
  std::string text = "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + name +
                     "}\nspec:\n  description: For a test.\n  source: {service: " + source +
                     "}\n"
                     "  targets:\n";
  for (const std::string& target : targets) text += "    - service: " + target + "\n";
  std::ofstream(directory / "manifests" / (name + ".yaml")) << text << "  roles: [Reader]\n";
}

std::size_t DeskTest::ours() {
  sandbox.allow_admin(true);
  const auto reply = sandbox.handle({"GET", "/sandbox/v1/policies"}, clock.now());
  std::size_t found = 0;
  const Json body = Json::parse(reply.response.body);
  for (const Json& each : body.at("policies")) {
    const bool is_active = each.at("state") == "active";
    const auto text = each.value("description", std::string());
    if (is_active && text.find("(authzd: prod/") != std::string::npos) ++found;
  }
  return found;
}

}  // namespace authzd::test
