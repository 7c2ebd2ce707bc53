// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// For any policies in IAM, `export` gives manifests that load and whose plan only takes policies
// over, or says what it omits and why. One policy's manifest does not depend on the others.
#include "reconciler/manifest/loader.hpp"
#include "reconciler/plan/planner.hpp"
#include "reconciler/report/export.hpp"
#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace authzd {
namespace {

using test::kAccount;

const std::string kReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
const std::string kDelegator = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";

bool one_in(int n) {
  return *rc::gen::inRange(0, n) == 0;
}

std::string any_value() {
  if (one_in(12))
    return std::string(static_cast<std::size_t>(*rc::gen::element(1, 1'000, 1'001)), 'x');
  return *rc::gen::element<std::string>("51042d7f-f0df-4915-bd39-6a49957c9175",
                                        "c8f2ab12n0kd9s7eq1tg",
                                        "r006-51042D7F-f0df-4915-bd39-6a49957c9175",
                                        "prod kms",
                                        "crn:v1:bluemix:public:kms:us-south:a/1:2::",
                                        "*",
                                        "??",
                                        "",
                                        " ",
                                        "a\nb",
                                        "a\tb",
                                        "\r",
                                        "\x01",
                                        std::string("\0x", 2),
                                        "\x7f",
                                        "true",
                                        "no",
                                        "~",
                                        "0x1f",
                                        "1e3",
                                        "2026-11-29",
                                        "- a",
                                        "? a",
                                        "a: b # c",
                                        "\"'\\",
                                        "{a}",
                                        "é",
                                        "\xc2\x85",
                                        "\xe2\x80\xa8",
                                        "\xe2\x80\xae",
                                        "\xf0\x9f\x94\x91",
                                        "\xff",
                                        "KMS",
                                        "is.volume",
                                        "is",
                                        "kms",
                                        "${params.X}",
                                        "<<",
                                        "&a",
                                        "!x");
}

Attribute any_attribute(bool is_subject) {
  Attribute made;
  made.name = *rc::gen::element<std::string>("serviceName",
                                             "serviceInstance",
                                             "resourceGroupId",
                                             "resourceType",
                                             "resource",
                                             "region",
                                             "volumeId",
                                             "keyRing",
                                             "resourcetype",
                                             "serviceType",
                                             "accountId",
                                             "odd name",
                                             "",
                                             "a\nb",
                                             "tag:env");
  made.op = is_subject || one_in(2)
                ? *rc::gen::element<std::string>("stringEquals", "stringEquals", "stringExists")
                : *rc::gen::element<std::string>("stringMatch",
                                                 "stringEqualsAnyOf",
                                                 "stringMatchAnyOf",
                                                 "stringEquals",
                                                 "numericEquals");
  const bool is_list = made.op.ends_with("AnyOf") != one_in(20);
  if (made.op == kStringExists && !one_in(20)) {
    made.value = *rc::gen::arbitrary<bool>();
  } else if (is_list) {
    std::vector<std::string> values(*rc::gen::inRange<std::size_t>(0, 12));
    std::ranges::generate(values, any_value);
    made.value = values;
  } else {
    made.value = any_value();
  }
  return made;
}

AttributeSet any_side(bool is_subject) {
  std::vector<Attribute> made;
  const std::string account = one_in(8) ? std::string(32, 'b') : kAccount.value;
  if (!one_in(20)) made.push_back({"accountId", "stringEquals", account});
  if (!one_in(6)) {
    made.push_back({"serviceName",
                    "stringEquals",
                    *rc::gen::element<std::string>("is", "kms", "server-protect")});
  }
  const int more = *rc::gen::inRange(0, 3);
  for (int i = 0; i < more; ++i) made.push_back(any_attribute(is_subject));
  return AttributeSet(std::move(made));
}

std::string any_text() {
  return *rc::gen::element<std::string>("",
                                        "Volumes.",
                                        " two\nlines ",
                                        "a\ttab",
                                        "\"quoted\" # \\",
                                        std::string(1'000, 'd'),
                                        std::string(1'001, 'd'),
                                        "\x1b[2J",
                                        "(authzd: half",
                                        "Text (authzd: prod/keys#0123456789ab)",
                                        "(authzd: dev/keys#0123456789ab)",
                                        "(authzd: prod/keys#0123456789ab!)",
                                        "(authzd: prod/a.b#0123456789ab)",
                                        "\xc3\xa9 \xe2\x80\xa8 x",
                                        "\xff");
}

Observed any_policy(int number) {
  Observed made;
  made.id = PolicyId("p" + std::to_string(number));
  made.content.subject = any_side(true);
  made.content.resource = any_side(false);
  for (const std::string& role : {kReader, kDelegator, std::string("crn:v1:x:odd\nrole")}) {
    if (one_in(role == kReader ? 20 : 6) == (role == kReader)) continue;
    made.content.roles.insert(role);
  }
  made.content.description = any_text();
  made.created_by = one_in(12) ? IamId("crn:v1:service") : test::kPerson;
  made.role_names = {
      {kReader, *rc::gen::element<std::string>("Reader", "", " x", "crn:v1:y", "a\nb")},
      {kDelegator, std::string(kAuthorizationDelegator)}};
  return made;
}

/// Unique keys, as IAM keeps them.
std::vector<Observed> any_account() {
  std::map<Key, Observed> by_key;
  const int size = *rc::gen::inRange(1, 8);
  for (int i = 0; i < size; ++i) {
    Observed made = any_policy(i);
    by_key.try_emplace(key_of(kAccount, made.content), std::move(made));
  }
  std::vector<Observed> all;
  for (auto& [_, policy] : by_key) all.push_back(std::move(policy));
  return all;
}

const ServiceNames& services() {
  static const ServiceNames known = [] {
    ServiceNames names;
    for (const char* name : {"is", "kms", "server-protect"}) names.add(name, {});
    return names;
  }();
  return known;
}

LoadOutcome load(const std::string& yaml) {
  static const AccountTraits kNoParams;  // what looks like a parameter is text
  LoadOptions options;
  options.traits = &kNoParams;
  options.account = kAccount;
  options.services.names = &services();
  return load_manifests(std::vector<SourceFile>{{"export.yaml", yaml}}, options);
}

/// The CRNs of an exported grant's roles.
RoleSet roles_of(const Grant& grant, const RoleNames& names) {
  RoleSet crns;
  for (const std::string& written : grant.roles) {
    const auto named =
        std::ranges::find(names, written, [](const auto& entry) { return entry.second; });
    crns.insert(named == names.end() ? written : named->first);
  }
  return crns;
}

const ExportOptions kOptions{
    .account = kAccount, .owner = "prod", .role_names = {}, .services = &services()};

RC_GTEST_PROP(ExportLaw, GivesManifestsThatLoadOrNamesWhatItLeavesOut, ()) {
  const std::vector<Observed> account = any_account();
  const Export exported = export_manifests(account, kOptions);
  const LoadOutcome loaded = load(exported.yaml);
  RC_LOG() << exported.yaml;
  RC_LOG() << render(loaded.diagnostics);

  RC_ASSERT(!has_errors(loaded.diagnostics));
  RC_ASSERT(exported.exported + exported.skipped == account.size());
  RC_ASSERT(loaded.desired.grants.size() == exported.exported);
}

RC_GTEST_PROP(ExportLaw, PlansToNothingButTakingOver, ()) {
  std::vector<Observed> account = any_account();
  const LoadOutcome loaded = load(export_manifests(account, kOptions).yaml);
  std::map<Key, RoleNames> names;
  for (const Observed& policy : account)
    names[key_of(kAccount, policy.content)] = {policy.role_names.begin(), policy.role_names.end()};
  std::vector<ResolvedGrant> wanted;
  for (const Grant& grant : loaded.desired.grants)
    wanted.push_back({&grant, roles_of(grant, names[grant.key])});
  PlanOptions options;
  options.mode = Mode::sync;
  options.adopt = Adopt::identical;
  Ownership ownership;
  ownership.owner = "prod";

  const Plan plan = make_plan(kAccount, wanted, account, ownership, options);

  for (const Action& action : plan.actions) {
    RC_ASSERT(action.verb == Verb::update);
    RC_ASSERT(action.reason == Reason::adopted);
    RC_ASSERT(action.before->roles == action.after->roles);
    RC_ASSERT(action.before->resource == action.after->resource);
    RC_ASSERT(parse_description(action.before->description).text ==
              parse_description(action.after->description).text);
  }
}

RC_GTEST_PROP(ExportLaw, OnePoliciesManifestIsNoMatterOfTheOthers, ()) {
  const std::vector<Observed> account = any_account();
  const std::string all = export_manifests(account, kOptions).yaml;
  for (const Observed& policy : account) {
    if (parse_description(policy.content.description).marker) continue;  // joins others of its name
    const Export alone = export_manifests({&policy, 1}, kOptions);
    if (alone.exported == 1) RC_ASSERT(all.find(alone.yaml) != std::string::npos);
  }
}

}  // namespace
}  // namespace authzd
