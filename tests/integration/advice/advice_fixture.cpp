// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/advice/advice_fixture.hpp"

#include <fstream>
#include <stdexcept>
#include <utility>

namespace authzd::test {

using sandbox::Json;

AdviceTest::AdviceTest() {
  spec.rails.limits.max_delete = 100;
  spec.rails.limits.max_delete_percent = 10'000;
}

void AdviceTest::begin() {
  start();
  ASSERT_TRUE(state().approvals.approve_first_deletes({"the test", clock.now()}));
  cycle();
}

void AdviceTest::write_text(const std::string& name, const std::string& text) {
  std::ofstream(directory / "manifests" / (name + ".yaml"), std::ios::binary) << text;
}

void AdviceTest::remove_manifest(const std::string& name) {
  std::filesystem::remove(directory / "manifests" / (name + ".yaml"));
}

Plan AdviceTest::cycle() {
  CycleEnd end = during(run_cycle(*account, randomness.hex(12), stop_));
  EXPECT_FALSE(end.error) << to_string(*end.error);
  EXPECT_FALSE(end.refusal) << to_string(end.refusal->error);
  clock.advance(std::chrono::minutes(5));
  return end.performed ? std::move(end.performed->planned.plan) : Plan{};
}

std::string AdviceTest::advice(const Plan& plan, NoteReason reason) {
  for (const Note& note : plan.notes) {
    if (note.reason == reason) return note.message;
  }
  ADD_FAILURE() << "no note " << to_string(reason);
  return {};
}

std::string AdviceTest::command(const std::vector<std::string>& arguments) {
  TestConsole console;
  EXPECT_EQ(call(arguments, console), 0) << console.complained() << console.shown();
  clock.advance(std::chrono::minutes(5));
  return console.shown();
}

std::vector<Json> AdviceTest::policies() {
  sandbox.allow_admin(true);
  const auto reply = sandbox.handle({"GET", "/sandbox/v1/policies"}, clock.now());
  std::vector<Json> active;
  const Json body = Json::parse(reply.response.body);
  for (const Json& each : body.at("policies")) {
    if (each.at("state") == "active") active.push_back(each);
  }
  return active;
}

Json AdviceTest::policy_on(const std::string& service) {
  for (Json& each : policies()) {
    if (each.at("resource").dump().find("\"" + service + "\"") != std::string::npos) return each;
  }
  throw std::runtime_error("no policy on " + service);
}

void AdviceTest::edit(const std::string& id, const Json& change) {
  const auto done = sandbox.edit(id, change.dump(), clock.now());
  if (!done) throw std::runtime_error(done.error().message);
  clock.advance(std::chrono::minutes(5));
}

std::string description_of(const Json& policy) {
  return policy.value("description", std::string());
}

std::string manifest(const std::string& name, const std::string& target, const std::string& more) {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + name +
         "}\nspec:\n  description: For a test.\n  source: {service: server-protect}\n  target: "
         "{service: " +
         target + "}\n  roles: [Reader]\n" + more;
}

}  // namespace authzd::test
