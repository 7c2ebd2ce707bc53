// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Every message that tells of an outcome, beside its situation, in one file that a reviewer reads:
// what happened, why, and what to do.

#include "reconciler/base/text.hpp"
#include "reconciler/converge/judge.hpp"
#include "reconciler/report/outcome_text.hpp"
#include "reconciler/report/plan_text.hpp"
#include "tests/golden/golden_files.hpp"
#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using converge_detail::changed_error;
using converge_detail::deleted_error;
using converge_detail::no_etag_error;
using converge_detail::not_restorable_error;
using converge_detail::not_stored_error;
using converge_detail::rival_error;
using converge_detail::stopped_error;
using converge_detail::unknown_error;
using test::ours;
using test::policy;
using test::wanted;
using test::WantedGrant;
using test::World;

const PolicyId kId{"p-1"};
const IamId kTool{"iam-ServiceId-tool"};
const char* const kLater = "2026-02-02T00:00:00.000Z";

Observed changed() {
  Observed it = policy("p-1", "a", "kms", {"Writer"});
  it.last_modified_by = kTool;
  it.last_modified_at = kLater;
  return it;
}

Error with_status(int status, ErrorCode code, std::string message) {
  Error error{code, std::move(message)};
  error.detail.http_status = status;
  return error;
}

struct Said {
  const char* situation;
  Verb verb;
  OutcomeKind kind;
  std::optional<Error> error;
  bool wrote = false;
};

std::vector<Said> outcomes() {
  const Error lost = with_status(0, ErrorCode::timeout, "no reply within 30s");
  return {
      {"create, done", Verb::create, OutcomeKind::done, {}, true},
      {"create, IAM had it", Verb::create, OutcomeKind::done, {}},
      {"create, another policy has its key",
       Verb::create,
       OutcomeKind::refused,
       rival_error(changed())},
      {"create, IAM said 400",
       Verb::create,
       OutcomeKind::refused,
       with_status(400, ErrorCode::rejected, "IAM refused the request: invalid role")},
      {"create, no permission",
       Verb::create,
       OutcomeKind::failed,
       with_status(403, ErrorCode::forbidden, "not permitted: the identity needs …")},
      {"create, the quota is used up",
       Verb::create,
       OutcomeKind::failed,
       with_status(422, ErrorCode::quota_exceeded, "the account holds as many as it may")},
      {"create, the reply was lost", Verb::create, OutcomeKind::unknown, unknown_error(lost), true},
      {"create, stopped", Verb::create, OutcomeKind::skipped, stopped_error()},
      {"update, done", Verb::update, OutcomeKind::done, {}, true},
      {"update, IAM had it so", Verb::update, OutcomeKind::done, {}},
      {"update, changed since", Verb::update, OutcomeKind::refused, changed_error(changed())},
      {"update, gone", Verb::update, OutcomeKind::refused, deleted_error(kId)},
      {"update, IAM said 400",
       Verb::update,
       OutcomeKind::refused,
       with_status(400, ErrorCode::rejected, "IAM refused the request: invalid role")},
      {"update, no ETag", Verb::update, OutcomeKind::no_etag, no_etag_error(kId)},
      {"update, stored otherwise", Verb::update, OutcomeKind::failed, not_stored_error(changed())},
      {"update, the reply was lost", Verb::update, OutcomeKind::unknown, unknown_error(lost), true},
      {"delete, done", Verb::remove, OutcomeKind::done, {}, true},
      {"delete, gone already", Verb::remove, OutcomeKind::done, {}},
      {"delete, changed since", Verb::remove, OutcomeKind::refused, changed_error(changed())},
      {"delete, no read shows it gone",
       Verb::remove,
       OutcomeKind::unconfirmed,
       unknown_error(lost),
       true},
      {"delete, a change slipped in",
       Verb::remove,
       OutcomeKind::restored,
       changed_error(changed())},
      {"delete, cannot be brought back",
       Verb::remove,
       OutcomeKind::failed,
       not_restorable_error(kId)},
  };
}

std::string lines_of(const std::string& text) {
  std::string out;
  for (const auto line : split_lines(text)) {
    if (line.starts_with("    ")) out += std::string(line) + "\n";
  }
  return out;
}

std::string outcome_section() {
  std::string out = "# Of a write\n";
  for (const Said& said : outcomes()) {
    Plan plan;
    plan.account = test::kAccount;
    Action action;
    action.verb = said.verb;
    action.name = "keys";
    if (said.verb != Verb::create) action.id = kId;
    plan.actions.push_back(std::move(action));
    Outcome outcome;
    outcome.kind = said.kind;
    outcome.wrote = said.wrote;
    outcome.error = said.error;
    out += "\n## " + std::string(said.situation) + "\n" +
           lines_of(outcome_text(plan, std::vector{outcome}, {}));
  }
  return out;
}

std::string reason_section() {
  std::string out = "\n# Why something is to be done\n\n";
  for (int i = 0; i <= static_cast<int>(Reason::undone); ++i) {
    Action action;
    action.reason = static_cast<Reason>(i);
    out += std::string(to_string(action.reason)) + ": " + std::string(reason_text(action)) + "\n";
  }
  Action deleted;
  deleted.drift = Drift{test::kPerson, kLater, kId};
  out += "Missing, as others deleted it: " + std::string(reason_text(deleted)) + "; " +
         drift_text(*deleted.drift) + "\n";
  out += "Missing, and nobody knows who: " + drift_text(Drift{{}, {}, kId}) + "\n";
  out += "Drift: " + drift_text(Drift{kTool, kLater, {}}) + "\n";
  return out;
}

struct Noted {
  const char* situation;
  std::function<void(World&)> change;
};

Marker marker_of(const std::string& owner) {
  return {owner, "g", test::key_for("a", "kms").hash12(), false};
}

void mark(World& world, const std::string& owner) {
  world.observed[0].content.description = render_description("", marker_of(owner));
}

/// Each starts with a grant and an unmanaged policy with its key and role.
std::vector<Noted> notes() {
  return {
      {"unmanaged, as wanted", [](World&) {}},
      {"unmanaged, and perhaps ours before",
       [](World& it) {
         it.observed[0].created_by = test::kUs;
         it.observed[0].last_modified_by = kTool;
         it.observed[0].last_modified_at = kLater;
       }},
      {"unmanaged, with another role",
       [](World& it) { it.observed[0].content.roles = {"Writer"}; }},
      {"unmanaged, and taking it over would narrow what is protected",
       [](World& it) {
         it.options.adopt = Adopt::always;
         it.desired[0].grant.is_protected = true;
         it.observed[0].content.roles = {"Reader", "Writer"};
       }},
      {"unmanaged, and wanted by nobody", [](World& it) { it.desired.clear(); }},
      {"of another owner", [](World& it) { mark(it, "other"); }},
      {"of another owner, and the state has it",
       [](World& it) {
         mark(it, "other");
         it.desired.clear();
         it.ownership.known = {{kId, PolicyOrigin::adopted}};
       }},
      {"with our marker, and no witness", [](World& it) { mark(it, "prod"); }},
      {"with our marker of another key",
       [](World& it) {
         mark(it, "prod");
         it.observed[0].content.resource = test::resource_of("hs");
       }},
      {"with our marker and another",
       [](World& it) {
         it.observed[0].content.description =
             render_description(render_description("", marker_of("other")), marker_of("prod"));
       }},
      {"ours, without marker, and wanted by nobody",
       [](World& it) {
         it.desired.clear();
         it.ownership.known = {{kId, PolicyOrigin::adopted}};
       }},
      {"of a template, as wanted", [](World& it) { it.observed[0].template_id = "t"; }},
      {"of a template, with another role",
       [](World& it) {
         it.observed[0].template_id = "t";
         it.observed[0].content.roles = {"Writer"};
       }},
      {"of a service, as wanted",
       [](World& it) { it.observed[0].created_by = IamId("crn:v1:bluemix:public:is::::"); }},
      {"of a template, and it was ours",
       [](World& it) {
         it.observed[0].template_id = "t";
         it.desired.clear();
         it.ownership.known = {{kId, PolicyOrigin::adopted}};
       }},
      {"suspended", [](World& it) { it.desired[0].grant.suspend = true; }},
      {"released already", [](World& it) { it.desired[0].grant.release = true; }},
      {"a role that is unknown",
       [](World& it) {
         it.desired[0].roles = Error{ErrorCode::invalid_manifest, "there is no role Reeder"};
       }},
      {"protected, and wanted by nobody",
       [](World& it) {
         it.desired[0].grant.is_protected = true;
         it.observed[0] = ours("p-1", it.desired[0]);
         it.desired.clear();
       }},
      {"forbidden by rails.never",
       [](World& it) {
         it.observed.clear();
         it.options.never = {{{"target.serviceName", "kms"}}};
       }},
      {"not allowed by the mode",
       [](World& it) {
         it.observed.clear();
         it.options.mode = Mode::observe;
       }},
      {"taken as ours by a reviewer",
       [](World& it) {
         mark(it, "prod");
         it.ownership.trusts_markers = true;
       }},
  };
}

std::string note_section() {
  std::string out = "\n# Of what is left alone\n";
  for (const Noted& noted : notes()) {
    World world{{wanted("g", "a", "kms")}, {policy("p-1", "a", "kms")}};
    world.observed[0].created_at = world.observed[0].last_modified_at;
    noted.change(world);
    const Plan plan = world.plan();
    out += "\n## " + std::string(noted.situation) + "\n";
    for (const Note& note : plan.notes) {
      out += std::string(to_string(note.kind)) + " " + std::string(to_string(note.reason)) + ": " +
             note.message + "\n";
    }
    for (const std::string& text : adoption_texts(count(plan))) out += "at the end: " + text + "\n";
  }
  return out;
}

const std::string kWas = "11111111-1111-4111-8111-111111111111";
const std::string kIs = "22222222-2222-4222-8222-222222222222";

struct Found {
  const char* situation;
  Result<std::vector<Instance>> instances;
  KnownInstances last = {};
};

/// Of a grant to kms whose instance is called by name, and whose policy is for `kWas`.
std::vector<Found> look_ups() {
  const InstanceName name{"kms", "prod-kms"};
  const Instance was{kWas, "prod-kms", "kms", test::kAccount, "us-south", "group-1"};
  const Instance is{kIs, "prod-kms", "kms", test::kAccount, "eu-de", "group-2"};
  Instance other = is;
  other.service = "hs-crypto";
  Instance gone = was;
  gone.is_gone = true;
  return {
      {"found", std::vector{was}},
      {"none has the name", std::vector<Instance>{}},
      {"one of another service has it", std::vector{other}},
      {"the one that has it is being deleted", std::vector{gone}, {{name, {kWas}}}},
      {"two have it", std::vector{was, is}},
      {"it may not be looked up", Error{ErrorCode::forbidden, "not permitted: …"}},
      {"nobody answers, and the state knows the id",
       Error{ErrorCode::unavailable, "no connection"},
       {{name, {kWas}}}},
      {"it has come to stand for another", std::vector{is}, {{name, {kWas}}}},
  };
}

std::string look_up_section() {
  std::string out = "\n# Of an instance that is called by its name\n";
  for (const Found& found : look_ups()) {
    WantedGrant named = wanted("g", "a", "kms");
    named.grant.target_instance = InstanceName{"kms", "prod-kms"};
    Grant& grant = named.grant;
    World world{{}, {}};
    grant.resource = with_instance(grant.resource, kWas);
    grant.key = Key(test::kAccount, grant.subject, grant.resource);
    world.observed = {ours("p-1", named)};
    grant.resource = with_instance(grant.resource, unknown_instance(*grant.target_instance));
    grant.key = Key(test::kAccount, grant.subject, grant.resource);

    const NamedDesired ids =
        resolve_instances({test::kAccount, {grant}}, {{"prod-kms", found.instances}}, found.last);
    const auto failed = ids.unresolved.begin();
    const bool is_known = failed == ids.unresolved.end();
    ResolvedGrant resolved{&ids.desired.grants[0], named.roles, is_known};
    if (!is_known) resolved.roles = failed->second;
    world.options.former_instances = ids.former;
    const Plan plan =
        make_plan(test::kAccount, {&resolved, 1}, world.observed, world.ownership, world.options);
    out += "\n## " + std::string(found.situation) + "\n";
    const TextOptions names{.role_names = {instance_entry("kms", kIs, "prod-kms"),
                                           instance_entry("kms", kWas, "prod-kms")}};
    out += plan_text(plan, names);
  }
  return out;
}

TEST(Outcomes, AreToldAsTheyAre) {
  const std::string actual =
      outcome_section() + reason_section() + note_section() + look_up_section();
  EXPECT_EQ(actual,
            golden::expected_text("tests/golden/outcomes", "messages", ".expected", actual));
}

}  // namespace
}  // namespace authzd
