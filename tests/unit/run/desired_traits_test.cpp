// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Labels and parameters of an account: what a change of them does to the revision in force.
#include "daemon/cycle/revision_checks.hpp"
#include "tests/unit/run/desired_loader_fixture.hpp"

namespace authzd::test {
namespace {

const std::string kByParam =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: keys}\nspec:\n"
    "  source: {service: server-protect}\n"
    "  target: {service: kms, instance: \"${params.kms}\"}\n  roles: [Reader]\n";
const std::string kForProd =
    "apiVersion: authzd/v1\nkind: Authorization\n"
    "metadata: {name: disks, accounts: {matchLabels: {env: prod}}}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: kms}\n  roles: [Reader]\n";

class DesiredTraits : public DesiredLoaderTest {
 protected:
  DesiredTraits() { spec_.name = "prod-eu"; }

  /// A reload with other labels or parameters, or a restart of the process.
  void restart() {
    loader_.reset();
    loader_.emplace(spec_, &source_, *state_);
  }

  static std::string instance_of(const Intent& intent) {
    const Grant& grant = intent.good->desired.grants.at(0);
    return std::get<std::string>(grant.resource.find("serviceInstance")->value);
  }
};

TEST_F(DesiredTraits, AnAccountThatLosesAParameterKeepsItsLastGoodSet) {
  spec_.params = {{"kms", "instance-1"}};
  ASSERT_TRUE(next("r1", kByParam).good);

  spec_.params = {};
  restart();
  const Intent intent = next();

  ASSERT_TRUE(intent.good) << "as it was accepted, with the parameter of then";
  EXPECT_EQ(instance_of(intent), "instance-1");
  ASSERT_TRUE(intent.refusal);
  EXPECT_EQ(intent.refusal->error.code, ErrorCode::invalid_manifest);
  ASSERT_EQ(intent.refusal->diagnostics.size(), 1U);
  EXPECT_EQ(full_message(intent.refusal->diagnostics[0]),
            "account prod-eu: there is no parameter \"kms\"");
}

TEST_F(DesiredTraits, AChangedParameterIsAnotherDesiredStateOfTheSameRevision) {
  spec_.params = {{"kms", "instance-1"}};
  const Intent before = next("r1", kByParam);

  spec_.params = {{"kms", "instance-2"}};
  restart();
  const Intent after = next();

  EXPECT_EQ(after.good->revision, "r1");
  EXPECT_EQ(instance_of(after), "instance-2");
  EXPECT_NE(after.good->digest, before.good->digest) << "it was not applied yet";
}

TEST_F(DesiredTraits, AChangedParameterThatNoManifestUsesChangesNothing) {
  const Intent before = next("r1", kManifest);

  spec_.params = {{"kms", "instance-2"}};
  restart();

  EXPECT_EQ(next().good->digest, before.good->digest);
}

/// A commit that renames a label in the file of accounts and in what selects by it is one change.
TEST_F(DesiredTraits, ACommitWaitsUntilTheLabelsAreOfThatCommit) {
  const std::string before(40, 'a');
  const std::string after(40, 'b');
  const auto read =
      std::make_shared<FleetRevision>(FleetRevision{.file = "fleet.yaml", .revision = before});
  spec_.labels = {{"env", "prod"}};
  spec_.fleet = read;
  restart();
  ASSERT_TRUE(next(before, kForProd).good);
  std::string renamed = kForProd;
  renamed.replace(renamed.find("env: prod"), 9, "env: live");

  const Intent waits = next(after, renamed + "---\n" + kOtherManifest);
  EXPECT_EQ(waits.good->revision, before);
  ASSERT_TRUE(waits.refusal) << "what waits for the old revision must not go on";
  EXPECT_TRUE(is_transient(waits.refusal->error.code));
  read->refused = after;
  read->why = {ErrorCode::invalid_manifest, "it has errors"};
  const Intent refused = next();
  EXPECT_EQ(refused.good->revision, before);
  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->error.message, "reading the accounts of fleet.yaml: it has errors");

  spec_.labels = {{"env", "live"}};
  read->revision = after;
  restart();
  EXPECT_EQ(next().good->desired.grants.size(), 2U);
}

/// What a review is shown has the labels of the reviewed commit, not those in force.
TEST_F(DesiredTraits, AnotherRefIsShownWithItsOwnFileOfAccounts) {
  const std::string before(40, 'a');
  const std::string after(40, 'b');
  spec_.labels = {{"env", "prod"}};
  spec_.fleet =
      std::make_shared<FleetRevision>(FleetRevision{.file = "fleet.yaml", .revision = before});
  restart();
  ASSERT_TRUE(next(before, kForProd).good);
  std::string renamed = kForProd;
  renamed.replace(renamed.find("env: prod"), 9, "env: live");
  ScriptedSource other;
  other.newest = Snapshot{after, {{"a.yaml", renamed + "---\n" + kOtherManifest}}};
  const auto look = [&](const std::string& entry) {
    const std::string file = "apiVersion: authzd/v1\nkind: Fleet\naccounts:\n  - " + entry;
    other.fleet = Snapshot{after, {{"fleet.yaml", file}}};
    return run(io_, loader_->look_at(other, clock_.now()));
  };
  const std::string named = "{name: a, id: " + spec_.id.value + ", ";

  EXPECT_EQ(look(named + "labels: {env: live}}\n")->good->desired.grants.size(), 2U);
  EXPECT_EQ(look(named + "labels: {env: test}}\n")->good->desired.grants.size(), 1U);
  EXPECT_TRUE(look(named + "removed: true}\n")->good->desired.grants.empty());
  EXPECT_TRUE(look(named + "labels: 7}\n")->refusal) << "its file has an error";
  EXPECT_FALSE(look("{name: a, id: " + std::string(32, 'f') + "}\n")) << "it is not named there";
  other.fleet = Snapshot{after, {}};
  EXPECT_TRUE(run(io_, loader_->look_at(other, clock_.now()))->refusal) << "there is no such file";
}

TEST_F(DesiredTraits, AReloadWithOtherParametersReadsTheRevisionAgain) {
  spec_.params = {{"kms", "instance-1"}};
  next("r1", kByParam);
  AccountSpec changed = spec_;
  changed.params["kms"] = "instance-2";
  DesiredLoader fresh(changed, &source_, *state_);

  fresh.inherit(*loader_);
  const auto intent = run(io_, fresh.next(clock_.now()));

  ASSERT_TRUE(intent && intent->good);
  EXPECT_EQ(instance_of(*intent), "instance-2");
}

TEST_F(DesiredTraits, ALostLabelTakesOnlyThatDocumentAwayAndIsNoHalfWrittenFile) {
  spec_.labels = {{"env", "prod"}};
  source_.newest = Snapshot{"r1", {{"prod.yaml", kForProd}, {"other.yaml", kOtherManifest}}};
  ASSERT_EQ(next().good->desired.grants.size(), 2U);

  spec_.labels = {{"env", "test"}};
  restart();
  const Intent intent = next();

  EXPECT_FALSE(intent.refusal) << to_string(intent.refusal->error);
  EXPECT_EQ(intent.good->desired.grants.size(), 1U);
}

TEST_F(DesiredTraits, AnAccountThatNothingIsForKeepsItsLastGoodSet) {
  spec_.labels = {{"env", "prod"}};
  ASSERT_TRUE(next("r1", kForProd).good);

  spec_.labels = {};
  restart();
  const Intent intent = next();

  EXPECT_EQ(intent.good->desired.grants.size(), 1U);
  ASSERT_TRUE(intent.refusal);
  EXPECT_EQ(intent.refusal->error.message, empty_source(1).message);
}

TEST_F(DesiredTraits, ARefusalThatIsRememberedStillNamesTheAccount) {
  next("r1", kByParam);
  restart();

  const Intent intent = next();

  ASSERT_TRUE(intent.refusal);
  ASSERT_EQ(intent.refusal->diagnostics.size(), 1U);
  EXPECT_EQ(full_message(intent.refusal->diagnostics[0]),
            "account prod-eu: there is no parameter \"kms\"");
}

TEST_F(DesiredTraits, NothingIsReadForAnAccountThatIsUnreachable) {
  apply("r1");
  spec_.unreachable = "fleet.yaml shows this account no longer";
  restart();
  source_.newest = Snapshot{"r2", {{"other.yaml", kOtherManifest}}};

  for (const auto& intent :
       {run(io_, loader_->next(clock_.now())), run(io_, loader_->look(clock_.now()))}) {
    ASSERT_FALSE(intent);
    EXPECT_EQ(intent.error().message, spec_.unreachable);
  }
  EXPECT_EQ(source_.reads, 1) << "the one before";
}

TEST_F(DesiredTraits, AnAccountThatShallLeaveWantsNothingAndForgetsNoRevision) {
  apply("r1");
  spec_.is_removed = true;
  restart();

  const Intent intent = next();

  ASSERT_TRUE(intent.good);
  EXPECT_FALSE(intent.refusal);
  EXPECT_TRUE(intent.good->desired.grants.empty());
  EXPECT_EQ(intent.good->revision, "r1") << "a later one has to follow it";
}

TEST_F(DesiredTraits, WhoWroteThatAnAccountShallLeaveIsAnAuthorOfItsDeletes) {
  const std::string before(40, 'a');
  const std::string with_removal(40, 'b');
  apply(before);
  spec_.is_removed = true;
  spec_.approvers.not_the_author = true;
  spec_.fleet = std::make_shared<FleetRevision>(
      FleetRevision{.file = "fleet.yaml", .revision = with_removal});
  source_.authors_of_all = Authors{{"eve@example.com"}, {}, true};
  restart();

  const auto shown = run(io_, loader_->look(clock_.now()));
  ASSERT_TRUE(shown);
  EXPECT_TRUE(shown->authors.wrote.contains("eve@example.com")) << "an approval asks it like that";
  EXPECT_FALSE(state_->revisions.authors()->wrote.contains("eve@example.com"));
  next();
  next();

  EXPECT_TRUE(state_->revisions.authors()->wrote.contains("eve@example.com"));
  EXPECT_EQ(source_.asked_authors.back(), before + ".." + with_removal);
  EXPECT_EQ(source_.asked_authors.size(), 2U) << "once to show it, and once for good";

  source_.authors_of_all = Error{ErrorCode::unavailable, "no route to host"};
  restart();
  EXPECT_FALSE(run(io_, loader_->next(clock_.now()))) << "nothing is removed until that is known";
}

}  // namespace
}  // namespace authzd::test
