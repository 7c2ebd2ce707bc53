// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Asks the listener's pages in every way that they tell apart, and prints a JSON line for each
// answer, and one for each command that a daemon performs: check_openapi.py compares them with
// daemon/http/openapi.yaml.

#include "daemon/app/command_table.hpp"
#include "daemon/cli/command_row.hpp"
#include "daemon/cli/run_report.hpp"
#include "daemon/http/sign_in.hpp"
#include "daemon/http/status_site.hpp"
#include "tests/support/status_world.hpp"
#include "tests/support/virtual_clock.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace authzd::test {
namespace {

const std::string kToken = "a-token-of-some-length";

RunSummary ended_run() {
  RunSummary run;
  run.start = {"0123456789ab", RunKind::apply, "ann (uid 1000)", std::string(40, 'a'), kStatusNow};
  RunEnd end;
  end.ended = kStatusNow;
  end.plan_hash = std::string(64, 'd');
  end.error = "IAM does not answer";
  run.end = end;
  return run;
}

/// IAM keeps what it deleted for some time.
RunSummary deleting_run() {
  RunSummary run = ended_run();
  run.start.id = "cdef01234567";
  run.start.undoes = "0123456789ab";
  run.end->counts.deleted = 1;
  return run;
}

/// Under way: what is not known yet is null.
RunSummary open_run() {
  RunSummary run;
  run.start.id = "ba9876543210";
  run.start.began = kStatusNow;
  return run;
}

/// One way to ask: what is set up, and what the request carries.
struct Situation {
  bool has_token = true;
  Result<Secret> token = Secret(kToken);
  std::string given = kToken;
  bool has_hook = true;
  Result<void> hook = {};
  bool is_signed = true;
  bool is_ready = true;
  bool has_state = true;
  bool is_reload_refused = false;
  bool is_from_here = true;      // a form: sent by a page of this site
  std::size_t wrong_before = 0;  // tokens
  std::string query = {};
};

std::vector<Situation> situations() {
  std::vector<Situation> all(1);
  const auto add = [&](auto change) { change(all.emplace_back()); };
  add([](Situation& it) { it.has_token = it.has_hook = false; });
  add([](Situation& it) { it.given = "wrong"; });
  add([](Situation& it) { it.given.clear(); });
  add([](Situation& it) { it.token = Error{ErrorCode::invalid_config, "unreadable"}; });
  add([](Situation& it) { it.token = Secret("short"); });
  add([](Situation& it) { it.is_signed = false; });
  add([](Situation& it) { it.is_ready = it.has_state = false; });
  add([](Situation& it) { it.query = "?account=test&limit=1"; });
  add([](Situation& it) { it.query = "?account=nobody"; });
  add([](Situation& it) { it.is_reload_refused = true; });
  add([](Situation& it) { it.is_from_here = false; });
  add([](Situation& it) { it.wrong_before = kMostAttempts; });
  for (const ErrorCode code : {ErrorCode::rejected,
                               ErrorCode::unauthenticated,
                               ErrorCode::conflict,
                               ErrorCode::invalid_config}) {
    add([code](Situation& it) { it.hook = Error{code, "refused"}; });
  }
  return all;
}

/// What is due.
void govern(AccountStatus& account) {
  account.due_dates.dates = {{DueKind::end, "disks", "storage", kStatusNow, {}}};
  account.due_dates.ends = 1;
  account.rollout = RolloutPlace{std::string(40, 'a'), "wave 2", "wave 2: it waits"};
  account.unreadable = "1 policy of others cannot be read";
}

FakeBoard board_of(const Situation& situation) {
  FakeBoard board = full_board();
  board.ready = situation.is_ready;
  if (situation.is_reload_refused) board.refused = {kStatusNow, "authzd.yaml:1:1: error: bad"};
  if (!situation.is_reload_refused) board.waves = some_rollout();
  AccountStatus fresh;
  fresh.name = "fresh";
  fresh.id = AccountId{std::string(32, '3')};
  board.views.push_back({fresh, std::chrono::minutes(5), nullptr});
  // Asked for by the very words of the route.
  if (situation.query != "?account=nobody") {
    AccountStatus named = healthy_account();
    named.name = "{name}";
    named.id = AccountId{std::string(32, '4')};
    govern(named);
    board.views.push_back({named, std::chrono::minutes(5), nullptr});
    board.run_details[named.id] = {some_run(named, "{name}")};
  }
  board.stories[troubled_account().id] = some_story(troubled_account(), "{name}");
  board.has_state = situation.has_state;
  board.named = {{healthy_account().id,
                  "production",
                  "{name}",
                  {{"{name}", "a → b : Reader", Standing::granted, PolicyId("p"), "2026-01-01"},
                   {"{name}", "a → c : Reader", Standing::missing}},
                  {true, false, kStatusNow},
                  {std::string(64, 'a')}}};
  const bool has_state = situation.has_state;
  board.runs_as_json = [has_state](auto ids, std::size_t count) -> Result<std::string> {
    if (!has_state) return Error{ErrorCode::internal, "the disk is full"};
    std::vector<AccountRuns> runs;
    for (const AccountId& id : ids)
      runs.push_back({"an account", id, {open_run(), deleting_run(), ended_run()}});
    for (AccountRuns& account : runs) account.runs.resize(std::min(account.runs.size(), count));
    return runs_json(runs);
  };
  return board;
}

void print(const std::string& method, const Route& route, const HttpResponse& response) {
  nlohmann::json headers = nlohmann::json::object();
  for (const auto& [name, value] : response.headers) headers[name] = value;
  const nlohmann::json line{{"method", method},
                            {"path", route.path},
                            {"guarded", route.is_guarded},
                            {"status", response.status},
                            {"headers", headers},
                            {"body", response.body}};
  std::cout << line.dump() << '\n';
}

/// As a browser sends the form.
HttpRequest with_form(HttpRequest request, const Situation& situation, const std::string& token) {
  request.headers.push_back(
      {"Sec-Fetch-Site", situation.is_from_here ? "same-origin" : "cross-site"});
  request.body = "token=" + token;
  return request;
}

void ask(const Situation& situation) {
  FakeBoard board = board_of(situation);
  const CycleTally tally = full_tally();
  VirtualClock clock(kStatusNow);
  SeededRandomness randomness(1);
  SiteParts parts{board, tally, clock, randomness, "1.2.3", Log()};
  if (situation.has_token) parts.token = [&] { return situation.token; };
  if (situation.has_hook) parts.admit_hook = [&](const HttpRequest&) { return situation.hook; };
  StatusSite site(std::move(parts));
  for (std::size_t i = 0; i < situation.wrong_before; ++i) {
    (void)site.answer(with_form({"POST", "/sign-in"}, situation, "wrong"), Caller::remote);
  }
  for (const Route& route : kRoutes) {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      HttpRequest request{method, std::string(route.path) + situation.query};
      if (!situation.given.empty()) {
        request.headers.push_back({"Authorization", "Bearer " + situation.given});
      }
      if (situation.is_signed && !route.signature.empty()) {
        request.headers.push_back({std::string(route.signature), "proof"});
      }
      request = with_form(std::move(request), situation, situation.given);
      print(method, route, site.answer(request, Caller::remote));
    }
  }
}

void print_commands() {
  for (const CommandRow& row : command_table()) {
    if (row.perform_on == nullptr) continue;
    nlohmann::json options = nlohmann::json::object();
    for (const OptionShape& option : options_of(row)) {
      options[option.name] = {
          {"flag", option.is_flag}, {"repeats", option.repeats}, {"required", option.is_required}};
    }
    std::cout << nlohmann::json{{"command", row.name}, {"options", options}}.dump() << '\n';
  }
}

}  // namespace
}  // namespace authzd::test

int main() {
  authzd::test::print_commands();
  for (const auto& situation : authzd::test::situations()) authzd::test::ask(situation);
}
