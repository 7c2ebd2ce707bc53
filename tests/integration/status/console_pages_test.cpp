// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the pages of the console show to a person who is signed in.

#include "daemon/console/assets.hpp"
#include "tests/integration/status/console_fixture.hpp"
#include "tests/support/hostile_text.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kMostPage = 100'000;  // bytes

class ConsolePages : public ConsoleTest {
 protected:
  ConsolePages() { (void)sign_in(kConsoleToken); }

  std::string body(const std::string& target) {
    const auto reply = get(target);
    EXPECT_EQ(reply.status, 200) << target;
    return reply.body;
  }

  AccountStatus& status(std::size_t place) { return board.views.at(place).status; }

  /// The places of these texts in the page are in this order.
  static void expect_order(const std::string& page, const std::vector<std::string>& texts) {
    std::size_t last = 0;
    for (const std::string& text : texts) {
      const std::size_t at = page.find(text, last);
      ASSERT_NE(at, std::string::npos) << text << " is missing, or comes too early";
      last = at;
    }
  }
};

AccountStatus account_called(const std::string& name) {
  AccountStatus account = healthy_account();
  account.name = name;
  account.id = AccountId{"id-" + name};
  return account;
}

TEST_F(ConsolePages, SayHowManyAccountsAreHow) {
  status(1).is_suspended = false;
  EXPECT_THAT(
      body("/"),
      HasSubstr(
          "<strong>2 accounts</strong>: <strong>1</strong> ready, <strong>1</strong> stalled"));
}

TEST_F(ConsolePages, ShowHowTheNewestRevisionReachesTheAccounts) {
  EXPECT_THAT(body("/"), Not(HasSubstr("Waves")));
  board.waves = some_rollout();
  expect_order(body("/"),
               {"Rollout of ",
                "0 of 2 accounts have it; stopped: account test is held with it: maxDelete",
                "wave 1 (canary)",
                "the last wave",
                "the rollout is stopped"});
}

TEST_F(ConsolePages, ShowTheMostUrgentAccountFirst) {
  board.views.clear();
  const auto add = [this](const std::string& name, auto change) {
    AccountStatus account = account_called(name);
    change(account);
    board.views.push_back({account, {}, nullptr});
  };
  add("a-ready", [](AccountStatus&) {});
  add("b-behind", [](AccountStatus& it) { it.last_run->planned.dropped = 4; });
  add("c-waiting", [](AccountStatus& it) {
    it.ready = {false, "Held", "", kStatusNow, ConditionReason::held};
    it.held.is_true = true;
    it.holds = {{"h", "removalGrace", "", 1, kStatusNow}};
  });
  add("d-held", [](AccountStatus& it) {
    it.ready = {false, "Held", "", kStatusNow, ConditionReason::held};
    it.held.is_true = true;
    it.holds = {{"h", "maxDelete", "", 1}};
  });
  add("e-widened", [](AccountStatus& it) { it.standing_widenings = 1; });
  add("f-stalled", [](AccountStatus& it) { it.stalled.is_true = true; });

  const std::string page = body("/");

  expect_order(page.substr(page.find("<tbody")),
               {"f-stalled", "e-widened", "d-held", "c-waiting", "b-behind", "a-ready"});
  expect_order(body("/?sort=name"), {">a-ready<", ">b-behind<", ">c-waiting<", ">d-held<"});
}

TEST_F(ConsolePages, FindAccountsWithoutAScript) {
  EXPECT_THAT(body("/?q=PROD"),
              AllOf(HasSubstr("/accounts/production"), Not(HasSubstr("/accounts/test"))));
  EXPECT_THAT(body("/?state=Ready"),
              AllOf(HasSubstr("/accounts/production"), Not(HasSubstr("/accounts/test"))));
  EXPECT_THAT(body("/?q=nothing-is-called-so"), HasSubstr("No account is like that."));
  EXPECT_THAT(body("/?page=17&sort=nonsense"), HasSubstr("/accounts/production"));
}

TEST_F(ConsolePages, StaySmallWithFiveHundredAccounts) {
  board.views.clear();
  const RunDetailView usual = some_run(troubled_account(), "0123456789ab");
  for (int i = 0; i < 500; ++i) {
    AccountStatus account = troubled_account();
    account.name = "an-account-with-a-rather-long-name-" + std::to_string(1000 + i);
    account.id = AccountId{std::string(28, 'a') + std::to_string(1000 + i)};
    account.ready.message = account.stalled.message = std::string(5'000, 'x');
    board.views.push_back({account, {}, nullptr});
    std::vector<RunDetailView>& runs = board.run_details[account.id];
    for (int run = 0; run < 30; ++run) {
      runs.push_back({account.id, usual.run, {}, {}});
      runs.back().run.account_name = account.name;
    }
  }
  const std::string first = body("/");
  EXPECT_LT(first.size(), kMostPage);
  EXPECT_THAT(first, HasSubstr("500 accounts"));
  EXPECT_THAT(first, HasSubstr("Page 1 of 10"));
  EXPECT_THAT(body("/?page=10"), HasSubstr("-1499"));
  EXPECT_LT(body("/runs").size(), kMostPage);
  EXPECT_LT(body("/reach").size(), kMostPage);
}

TEST_F(ConsolePages, ShowWhatIsHeldAndTheCommandThatApprovesIt) {
  const std::string page = body("/accounts/test");
  const std::string hash(64, 'a');
  EXPECT_THAT(page, HasSubstr("authzd approve " + hash + " --config /srv/authzd.yaml"));
  EXPECT_THAT(page, HasSubstr("11 deletes in 24h, 10 allowed"));
  expect_order(page, {"<h2>Held</h2>", "server-protect → kms", "<h2>Failing</h2>", "backup"});
}

TEST_F(ConsolePages, ShowTheRevisionThatIsRefused) {
  const std::string page = body("/accounts/test");
  EXPECT_THAT(page, HasSubstr("The newest revision is refused"));
  EXPECT_THAT(page, HasSubstr("title=\"ffffffffffffffffffffffffffffffffffffffff\""));
  EXPECT_THAT(page, HasSubstr("a.yaml:3:1: &lt;b&gt;unknown&lt;/b&gt; key"));
}

TEST_F(ConsolePages, SayWhoCommittedARevisionAndLinkIt) {
  const std::string link = "https://git.example/commit/ffffffffffffffffffffffffffffffffffffffff";
  const std::string said = "&quot;Give disks their key&quot; by Ada &lt;b&gt;Lovelace&lt;/b&gt;, ";
  const std::string page = body("/accounts/test");
  expect_order(page, {"The newest revision is refused", said, "href=\"" + link + "\""});

  RunView& run = board.run_details[status(1).id].front().run;
  run.commit = status(1).attempted_commit;
  EXPECT_THAT(body("/runs/0123456789ab?account=test"), HasSubstr(said));
}

TEST_F(ConsolePages, ShowAnAccountByItsIdAndBeforeItsFirstCycle) {
  EXPECT_THAT(body("/accounts/22222222222222222222222222222222"), HasSubstr("<h1>test</h1>"));
  AccountStatus fresh;
  fresh.name = "fresh/one";
  fresh.id = AccountId{std::string(32, '3')};
  board.views.push_back({fresh, {}, nullptr});
  EXPECT_THAT(body("/"), HasSubstr("href=\"/accounts/fresh%2Fone\""));
  EXPECT_THAT(body("/accounts/fresh%2Fone"), HasSubstr("none has ended yet"));
  EXPECT_EQ(get("/accounts/nobody").status, 404);
}

TEST_F(ConsolePages, ShowRunsAndEachActionOfOne) {
  EXPECT_THAT(body("/runs"), HasSubstr("href=\"/runs/0123456789ab?account=test\""));
  EXPECT_THAT(body("/runs?account=production"), HasSubstr("No run is recorded."));
  const std::string page = body("/runs/0123456789ab?account=test");
  EXPECT_THAT(page, HasSubstr("authzd undo 0123456789ab --config /srv/authzd.yaml"));
  EXPECT_THAT(page, HasSubstr("IAM says no"));
  EXPECT_THAT(page, HasSubstr("tx-1"));
  EXPECT_EQ(get("/runs/ffff").status, 404);
  EXPECT_EQ(get("/runs?account=nobody").status, 404);
}

TEST_F(ConsolePages, SayThatTheStateCannotBeReadWithoutSayingWhere) {
  board.has_state = false;
  for (const char* path : {"/runs", "/runs/0123456789ab"}) {
    const auto reply = get(path);
    EXPECT_EQ(reply.status, 503) << path;
    EXPECT_THAT(reply.body, Not(HasSubstr("state.db"))) << path;
  }
  EXPECT_EQ(get("/").status, 200) << "what the memory knows is still shown";
  EXPECT_THAT(logged, HasSubstr("state.db: the disk is full"));
}

TEST_F(ConsolePages, ShowWhoMayReachWhatByShapeAndByTable) {
  const std::string page = body("/reach?account=test");
  for (const char* owner : {"ours", "unmanaged", "foreign"}) {
    EXPECT_THAT(page, HasSubstr("class=\"edge " + std::string(owner) + "\"")) << owner;
    EXPECT_THAT(page, HasSubstr("class=\"mark " + std::string(owner) + "\"")) << owner;
  }
  EXPECT_THAT(page, HasSubstr("<strong>3 policies</strong>"));
  EXPECT_THAT(page, HasSubstr("id=\"edge-2\""));
  EXPECT_THAT(page, HasSubstr("policy-0"));
}

TEST_F(ConsolePages, NarrowWhoMayReachWhat) {
  EXPECT_THAT(body("/reach?owner=foreign"), HasSubstr("<strong>1 policy</strong>"));
  EXPECT_THAT(body("/reach?service=KMS"), HasSubstr("<strong>3 policies</strong>"));
  for (const char* none : {"service=k", "role=writer", "instance=none", "owner=ours&role=x"}) {
    EXPECT_THAT(body("/reach?" + std::string(none)), HasSubstr("<strong>0 policies</strong>"))
        << none;
  }
  // A policy for every instance of the service reaches this one, too.
  EXPECT_THAT(body("/reach?service=kms&instance=none"), HasSubstr("<strong>3 policies</strong>"));
  EXPECT_THAT(body("/reach?account=production"), HasSubstr("nothing is shown"));
  EXPECT_EQ(get("/reach?account=nobody").status, 404);
}

/// What has the same name in two accounts is not one.
TEST_F(ConsolePages, TellThePartiesOfSeveralAccountsApart) {
  ReachView other = board.reaches[status(1).id];
  other.account = status(0).id;
  other.account_name = status(0).name;
  board.reaches[other.account] = other;

  const std::string page = body("/reach");
  for (const std::string& name : {status(0).name, status(1).name}) {
    EXPECT_THAT(page, HasSubstr(" · " + name + "</text>")) << name;
    EXPECT_THAT(page, HasSubstr("class=\"short\" data-label=\"Account\">" + name)) << name;
  }
  EXPECT_THAT(body("/reach?account=test"), Not(HasSubstr(" · test</text>")));
}

/// A misspelt word must not look like an answer.
TEST_F(ConsolePages, SayWhatOfAQuestionNoPolicyHas) {
  EXPECT_THAT(body("/reach?service=kmss"),
              HasSubstr("names a service &quot;kmss&quot;; did you mean kms?"));
  EXPECT_THAT(body("/reach?service=kms&instance=prod-kms"),
              HasSubstr("<code>authzd reach kms:prod-kms</code> also asks"));
  EXPECT_THAT(body("/reach?service=kms"), Not(HasSubstr("No policy here names")));
}

TEST_F(ConsolePages, NameThePoliciesOfOthersThatCannotBeRead) {
  Note note;
  note.reason = NoteReason::unreadable;
  note.message = "1 policy of others cannot be read";
  board.plans[status(1).id].plan.notes.push_back(note);

  EXPECT_THAT(body("/reach"), HasSubstr("test: 1 policy of others cannot be read."));
}

TEST_F(ConsolePages, SayWhoApprovedARun) {
  board.run_details[status(1).id].front().actions.front().approved_by = {"ana (uid 7)"};

  const std::string page = body("/runs/0123456789ab");
  EXPECT_THAT(page, HasSubstr("<dt>Approved by</dt><dd>ana (uid 7)"));
  EXPECT_THAT(page, HasSubstr("<dt>approved by</dt><dd>ana (uid 7)"));
}

TEST_F(ConsolePages, AnswerAnAddressThatNothingHasWithAPage) {
  const auto reply = get("/nope");
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("<!DOCTYPE html>"));
  EXPECT_THAT(reply.body, HasSubstr("There is no such page"));
}

TEST_F(ConsolePages, ShowManyPinsAsANumber) {
  for (int i = 0; i < 41; ++i) {
    Note note;
    note.kind = NoteKind::kept;
    note.reason = NoteReason::pinned;
    note.message = "pinned";
    note.name = "keys-" + std::to_string(i);
    board.plans[status(1).id].plan.notes.push_back(note);
  }
  const std::string page = body("/accounts/test");
  EXPECT_THAT(page, HasSubstr("41 policies are pinned"));
  EXPECT_THAT(page, Not(HasSubstr("keys-33")));
}

TEST_F(ConsolePages, LeadFromEachMentionOfAPolicyToItsPage) {
  const std::string target = "href=\"/policies/p-1?account=test\"";
  EXPECT_THAT(body("/accounts/test"), HasSubstr(target));
  EXPECT_THAT(body("/runs/0123456789ab"), HasSubstr(target));
  EXPECT_THAT(body("/history"), HasSubstr(target));
  EXPECT_THAT(body("/reach"), HasSubstr("href=\"/policies/policy-0?account=test\""));
}

TEST_F(ConsolePages, TellTheStoryOfAPolicy) {
  const std::string page = body("/policies/p-1?account=test");
  expect_order(page,
               {"its marker names this installation: platform/keys",
                "team/keys.yaml:12",
                "iam-ServiceId-1 at 2026-12-24T12:00:00Z",
                "IBMid-270000ABCD at 2027-01-15T07:30:00Z",
                "3m ago",
                "/runs/ba9876543210?account=test",
                "What it grants",
                "Wanted, and not done",
                "Held by maxDelete",
                "authzd approve " + std::string(64, 'a'),
                "What authzd did to it",
                "/runs/0123456789ab?account=test",
                "bob (uid 1001)"});
  EXPECT_EQ(get("/policies/p-9?account=test").status, 404);
  EXPECT_EQ(get("/policies/p-1?account=nobody").status, 404);
  EXPECT_EQ(get("/policies/p-1").status, 404) << "ids are of an account";
}

TEST_F(ConsolePages, SayWhyAPolicyIsNotOurs) {
  PolicyStory& story = board.stories[status(1).id];
  story.wanted.reset();
  story.owner = PolicyOwner::unmanaged;
  story.policy->content.description = "By hand";
  EXPECT_THAT(body("/policies/p-1?account=test"),
              AllOf(HasSubstr("no marker of authzd"), HasSubstr("no manifest of the last cycle")));
  story.owner = PolicyOwner::foreign;
  story.policy->template_id = "template-7";
  EXPECT_THAT(body("/policies/p-1?account=test"), HasSubstr("an enterprise template made it"));
  story.policy->template_id.clear();
  story.policy->content.description = "(authzd: platform/keys#0123456789ab)";
  story.is_disputed = true;
  EXPECT_THAT(body("/policies/p-1?account=test"), HasSubstr("nothing else shows that"));
  story.policy.reset();
  EXPECT_THAT(body("/policies/p-1?account=test"), HasSubstr("IAM no longer has it"));
}

TEST_F(ConsolePages, ShowWhatOthersChangedAndWhoDidIt) {
  ChangeView own = some_change(status(1));
  own.run = "cdef01234567";
  own.what.action.drift.reset();
  board.past.push_back(own);

  const std::string reverted = body("/history?account=test");
  EXPECT_THAT(reverted, AllOf(HasSubstr("IBMid-270000ABCD"), Not(HasSubstr("cdef01234567"))));
  EXPECT_THAT(body("/history?changes=all"), HasSubstr("cdef01234567"));
  EXPECT_THAT(body("/history?account=production"), HasSubstr("Nothing that others changed"));
  EXPECT_EQ(get("/history?account=nobody").status, 404);
}

TEST_F(ConsolePages, PageThroughAHistoryAndStaySmall) {
  for (int i = 0; i < 400; ++i) {
    ChangeView change = some_change(status(1));
    change.run = "run-" + std::to_string(i);
    board.past.push_back(change);
  }
  const std::string second = body("/history?page=2");
  EXPECT_THAT(second, AllOf(HasSubstr("Page 2 of 9"), HasSubstr("run-49<"), HasSubstr("run-98<")));
  EXPECT_THAT(second, Not(HasSubstr("run-99<")));
  EXPECT_LT(second.size(), kMostPage);
}

TEST_F(ConsolePages, KeepThePictureReadableWithManyPolicies) {
  ReachView& view = board.reaches[status(1).id];
  for (int i = 0; i < 4'000; ++i) {
    ReachPolicy policy = view.policies.front();
    policy.id = PolicyId{"many-" + std::to_string(i)};
    policy.subject = {{.name = "serviceName", .value = "source-" + std::to_string(i % 90)}};
    policy.resource = {{.name = "serviceName", .value = "target-" + std::to_string(i % 70)},
                       {.name = "serviceInstance", .value = "instance-" + std::to_string(i)}};
    policy.description = std::string(3'000, 'd');
    view.policies.push_back(policy);
  }
  const std::string page = body("/reach?account=test");
  EXPECT_LT(page.size(), kMostPage);
  EXPECT_THAT(page, HasSubstr("shown by their service"));
  EXPECT_THAT(page, HasSubstr("not in the picture"));
  EXPECT_THAT(page, HasSubstr("Page 1 of 161"));
}

class HostilePages : public ConsolePages {
 protected:
  void expect_no_markup() {
    for (const char* path : {"/",
                             "/accounts/22222222222222222222222222222222",
                             "/history",
                             "/policies/p-1?account=22222222222222222222222222222222",
                             "/runs",
                             "/runs/0123456789ab",
                             "/reach"}) {
      const std::string page = body(path);
      EXPECT_THAT(page, Not(HasSubstr("<script>"))) << path;
      EXPECT_THAT(page, Not(HasSubstr("<img"))) << path;
      EXPECT_THAT(page, Not(HasSubstr("\"'>"))) << path;
      EXPECT_EQ(find_hostile(page), "") << path;
    }
  }
};

TEST_F(HostilePages, PassOnNoMarkupAndNothingThatHides) {
  const std::string markup = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
  for (const std::string& text : {markup, hostile_text()}) {
    AccountStatus& account = status(1);
    account.name = account.attempted_revision = account.applied_revision = text;
    account.ready.message = account.stalled.message = account.stalled.reason = text;
    account.attempted_commit = account.applied_commit = {text, text, text, kStatusNow, text};
    account.holds = {{text, text, text, 1}};
    account.failing = {{text, PolicyId{text}, text, text, {}}};
    account.approve_options = " --config " + text;
    PlanDocument& plan = board.plans[account.id];
    for (Action& action : plan.plan.actions) {
      action.name = action.position.file = text;
      action.after = action.before;
      action.before->description = text;
      action.drift = Drift{IamId{text}, text};
      action.holds.clear();
    }
    for (Note& note : plan.plan.notes) note.name = note.message = text;
    RunDetailView& run = board.run_details[account.id].front();
    run.run.account_name = run.run.who = run.run.result = run.run.revision = text;
    run.run.commit = account.applied_commit;
    run.actions.front().error = run.actions.front().outcome = text;
    ReachPolicy& policy = board.reaches[account.id].policies.front();
    policy.name = policy.description = text;
    policy.roles = {text};
    policy.subject = {{.name = "serviceName", .value = text}};
    ChangeView& change = board.past.front();
    change.account_name = change.run = change.who = change.kind = change.revision = text;
    change.approved_by = {text};
    change.what = run.actions.front();
    change.what.action.drift = Drift{IamId{text}, text};
    PolicyStory& story = board.stories[account.id];
    story.account_name = story.options = text;
    story.policy->content.description = text;
    story.policy->content.subject = {{.name = text, .value = text}};
    story.policy->content.roles = {text};
    story.policy->content.extras = {{text, text}};
    story.policy->template_id = story.policy->created_at = story.policy->last_modified_at = text;
    story.policy->created_by = story.policy->last_modified_by = IamId{text};
    story.wanted = WantedBy{text, {text, 1, 1}, text};
    story.planned = {plan.plan.actions.front()};
    story.planned.front().holds = {{text, text, text}};
    story.notes = {plan.plan.notes.front()};
    story.pin = PinView{text, {}};
    story.changes = board.past;
    expect_no_markup();
  }
}

TEST_F(ConsolePages, RepeatNoMarkupOfTheAddress) {
  const std::string query = "%22%3E%3Cb%20id%3Dx%3E";
  for (const std::string& path : {"/?q=" + query + "&state=" + query + "&sort=" + query,
                                  "/reach?service=" + query + "&role=" + query,
                                  "/accounts/" + query,
                                  "/history?account=" + query,
                                  "/policies/" + query + "?account=test",
                                  "/policies/p-1?account=" + query,
                                  "/runs?account=" + query,
                                  "/runs/" + query}) {
    EXPECT_THAT(get(path).body, AllOf(HasSubstr("&lt;b id=x&gt;"), Not(HasSubstr("<b id=x"))))
        << path;
  }
}

TEST_F(ConsolePages, LetABrowserKeepStyleAndScriptByTheirContent) {
  const std::string page = body("/");
  for (const console::Asset& asset :
       {console::style_asset(), console::script_asset(), console::icon_asset()}) {
    EXPECT_THAT(page, HasSubstr("\"" + asset.target + "\""));
    cookie.clear();  // the form needs them, too
    const auto reply = get(asset.target);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(find_header(reply.headers, "Content-Type"), asset.type);
    EXPECT_THAT(find_header(reply.headers, "Cache-Control"), HasSubstr("immutable"));
    const auto other = get(asset.target.substr(0, asset.target.find('?')) + "?v=old");
    EXPECT_EQ(find_header(other.headers, "Cache-Control"), "no-store");
  }
}

TEST_F(ConsolePages, AreOpenAtTheAdminSocket) {
  cookie.clear();
  const auto reply = site.answer({"GET", "/accounts/test"}, Caller::local);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, Not(HasSubstr("Sign out")));
}

}  // namespace
}  // namespace authzd::test
