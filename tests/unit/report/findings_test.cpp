// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The output of validate for programs.
#include "reconciler/report/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace authzd {
namespace {

using Json = nlohmann::json;

const Diagnostic kError{Severity::error,
                        {"prod/a,b: 100%.yaml", 3, 5},
                        "unknown key \"serivce\" in source",
                        "did you mean \"service\"?",
                        "  serivce: s3cret",
                        3};
const Diagnostic kWarning{Severity::warning, {"/etc/x y.yaml", 0, 0}, "no line", ""};
const Diagnostic kNowhere{Severity::error, {}, "cannot read prod: no such file", ""};

const Diagnostic kForbidden{
    .severity = Severity::error,
    .position = {"grants.yaml", 7, 11},
    .message = "the assertion \"home\" at rules y.yaml:8:7 forbids this grant: never [a]",
    .hint = "change the grant, or the assertion",
    .related = {{{"rules y.yaml", 8, 7}, "what the assertion \"home\" says: never [a]"},
                {{"more.yaml", 2, 0}, "and here"}}};

CheckFindings some() {
  CheckFindings findings;
  findings.manifests.push_back({"prod", 2, 1, 3, 4, false});
  findings.manifests.push_back({"dev", 2, 0, 3, 4, true});
  findings.configurations.push_back({"authzd.yaml", {"prod", "dev"}, true});
  findings.problems.add(kError, "prod");
  findings.problems.add(kWarning, "");
  findings.problems.add(kError, "dev");
  return findings;
}

TEST(FindingsJson, HasOneShape) {
  const Json json = Json::parse(findings_json(some()));

  EXPECT_EQ(json, Json::parse(R"({
    "version": 1,
    "valid": false,
    "manifests": [
      {"account": "prod", "valid": false, "files": 2, "ignored": 1, "authorizations": 3,
       "policies": 4, "instanceNames": 0, "assertions": []},
      {"account": "dev", "valid": true, "files": 2, "ignored": 0, "authorizations": 3,
       "policies": 4, "instanceNames": 0, "assertions": []}
    ],
    "configurations": [{"file": "authzd.yaml", "valid": true, "accounts": ["prod", "dev"]}],
    "problems": [
      {"severity": "error", "file": "prod/a,b: 100%.yaml", "line": 3, "column": 5,
       "message": "unknown key \"serivce\" in source", "hint": "did you mean \"service\"?",
       "accounts": ["prod", "dev"]},
      {"severity": "warning", "file": "/etc/x y.yaml", "line": null, "column": null,
       "message": "no line", "hint": null, "accounts": []}
    ]})"));
}

TEST(Findings, TellTheVerdictOfEachAssertion) {
  CheckFindings findings;
  findings.manifests.push_back({"prod", 1, 0, 1, 1, true});
  AssertionResult result{"keys-at-home", {"rules.yaml", 4, 9}, Verdict::undecided, 0, 1, {}};
  result.findings.push_back({.verdict = Verdict::undecided, .rule = AssertionRule::always});
  findings.manifests[0].assertions = {result};

  const Json json = Json::parse(findings_json(findings))["manifests"][0]["assertions"][0];

  EXPECT_EQ(json["name"], "keys-at-home");
  EXPECT_EQ(json["verdict"], "undecided");
  EXPECT_EQ(json["undecided"], 1);
  EXPECT_EQ(json["findings"][0]["rule"], "always");
}

TEST(FindingsJson, KeepsThatShapeWhereNothingWasFound) {
  EXPECT_EQ(Json::parse(findings_json({})), Json::parse(R"({
    "version": 1, "valid": true, "manifests": [], "configurations": [], "problems": []})"));
}

TEST(FindingsJson, IsValidInSpiteOfWarnings) {
  CheckFindings findings;
  findings.problems.add(kWarning, "");
  EXPECT_TRUE(Json::parse(findings_json(findings))["valid"]);
  findings.problems.add(kNowhere, "");
  EXPECT_FALSE(Json::parse(findings_json(findings))["valid"]);
}

TEST(FindingsGithub, EscapesWhatWouldEndACommandOrAProperty) {
  CheckFindings findings = some();
  findings.problems.add({Severity::error, {"a.yaml", 1, 0}, "50%\r\n::error::no, this: is text"},
                        "");

  EXPECT_EQ(findings_github(findings),
            "::error file=prod/a%2Cb%3A 100%25.yaml,line=3,col=5::unknown key \"serivce\" in source"
            "%0Adid you mean \"service\"?\n"
            "::warning file=/etc/x y.yaml::no line\n"
            "::error file=a.yaml,line=1::50%25\\x0D\\x0A::error::no, this: is text\n");
}

TEST(FindingsGithub, SaysWhatStandsAtNoPlaceWithoutOne) {
  CheckFindings findings;
  findings.problems.add(kNowhere, "");

  EXPECT_EQ(findings_github(findings), "::error::cannot read prod: no such file\n");
}

/// The keys of an object in SARIF 2.1.0 (sections 3.13 to 3.58), the required ones first.
void expect_keys(const Json& object, std::set<std::string> required, std::set<std::string> others) {
  ASSERT_TRUE(object.is_object()) << object;
  for (const auto& [key, value] : object.items()) {
    EXPECT_TRUE(required.contains(key) || others.contains(key)) << key;
    required.erase(key);
  }
  EXPECT_TRUE(required.empty()) << "missing " << *required.begin() << " in " << object;
}

void expect_message(const Json& message) {
  expect_keys(message, {"text"}, {});
  EXPECT_TRUE(message["text"].is_string());
}

void expect_place(const Json& place) {
  expect_keys(place, {"artifactLocation"}, {"region"});
  expect_keys(place["artifactLocation"], {"uri"}, {});
  const std::string uri = place["artifactLocation"]["uri"];
  EXPECT_EQ(uri.find_first_of(" %:\"<>") == std::string::npos || uri.find('%') != uri.npos, true);
  expect_keys(place["region"], {"startLine"}, {"startColumn"});
  EXPECT_GE(place["region"]["startLine"].get<int>(), 1);
}

void expect_result(const Json& result, const Json& rules) {
  expect_keys(
      result, {"message"}, {"ruleId", "ruleIndex", "level", "locations", "relatedLocations"});
  expect_message(result["message"]);
  EXPECT_TRUE(std::set<std::string>({"error", "warning"}).contains(result["level"]));
  EXPECT_EQ(result["ruleId"], rules.at(result["ruleIndex"].get<std::size_t>())["id"]);
  for (const Json& location : result["locations"]) {
    expect_keys(location, {"physicalLocation"}, {});
    expect_place(location["physicalLocation"]);
  }
  if (!result.contains("relatedLocations")) return;
  std::set<int> ids;  // unique in a result; its message links to them
  for (const Json& location : result["relatedLocations"]) {
    expect_keys(location, {"id", "physicalLocation", "message"}, {});
    expect_place(location["physicalLocation"]);
    expect_message(location["message"]);
    EXPECT_TRUE(ids.insert(location["id"].get<int>()).second) << location;
    EXPECT_GE(location["id"].get<int>(), 0);
    const std::string link = "](" + location["id"].dump() + ")";
    EXPECT_NE(result["message"]["text"].get<std::string>().find(link), std::string::npos);
  }
}

TEST(FindingsSarif, IsBuiltAsTheStandardSays) {
  CheckFindings findings = some();
  findings.problems.add(kNowhere, "");
  findings.problems.add(kForbidden, "prod");

  const Json json = Json::parse(findings_sarif(findings, "1.2.3"));

  expect_keys(json, {"version", "runs"}, {"$schema"});
  EXPECT_EQ(json["version"], "2.1.0");
  ASSERT_EQ(json["runs"].size(), 1U);
  const Json& run = json["runs"][0];
  expect_keys(run, {"tool"}, {"results", "invocations", "columnKind"});
  EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
  expect_keys(run["tool"], {"driver"}, {});
  const Json& driver = run["tool"]["driver"];
  expect_keys(driver, {"name"}, {"version", "rules"});
  for (const Json& rule : driver["rules"]) {
    expect_keys(rule, {"id"}, {"name", "shortDescription", "fullDescription", "help"});
    for (const char* text : {"shortDescription", "fullDescription", "help"}) {
      expect_message(rule[text]);
    }
  }
  ASSERT_EQ(run["results"].size(), 3U);
  for (const Json& result : run["results"]) expect_result(result, driver["rules"]);
  for (const Json& invocation : run["invocations"]) {
    expect_keys(invocation, {"executionSuccessful"}, {"toolExecutionNotifications"});
    EXPECT_FALSE(invocation["executionSuccessful"]);
    ASSERT_EQ(invocation["toolExecutionNotifications"].size(), 1U);
    for (const Json& notification : invocation["toolExecutionNotifications"]) {
      expect_keys(notification, {"message"}, {"level"});
      expect_message(notification["message"]);
    }
  }
}

TEST(FindingsSarif, NamesFilesByUri) {
  const Json json = Json::parse(findings_sarif(some(), "1.2.3"));
  const Json& results = json["runs"][0]["results"];
  const auto uri = [&results](std::size_t i) {
    return results[i]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
  };

  EXPECT_EQ(uri(0), "prod/a%2Cb%3A%20100%25.yaml");
  EXPECT_EQ(uri(1), "file:///etc/x%20y.yaml");
}

TEST(FindingsSarif, LinksToTheOtherPlacesThatAResultIsAbout) {
  CheckFindings findings = some();
  findings.problems.add(kForbidden, "prod");

  const Json results = Json::parse(findings_sarif(findings, "1.2.3"))["runs"][0]["results"];

  EXPECT_FALSE(results[0].contains("relatedLocations"));
  ASSERT_TRUE(results[2].contains("relatedLocations")) << results[2];
  EXPECT_EQ(results[2]["locations"], Json::parse(R"([{"physicalLocation": {
    "artifactLocation": {"uri": "grants.yaml"}, "region": {"startLine": 7, "startColumn": 11}}}])"));
  EXPECT_EQ(results[2]["relatedLocations"], Json::parse(R"([
    {"id": 1, "message": {"text": "what the assertion \"home\" says: never [a]"},
     "physicalLocation": {"artifactLocation": {"uri": "rules%20y.yaml"},
                          "region": {"startLine": 8, "startColumn": 7}}},
    {"id": 2, "message": {"text": "and here"},
     "physicalLocation": {"artifactLocation": {"uri": "more.yaml"}, "region": {"startLine": 2}}}])"));
  EXPECT_EQ(results[2]["message"]["text"],
            "account prod: " + kForbidden.message + "\n" + kForbidden.hint +
                "\n[what the assertion \"home\" says: never \\[a\\]](1)\n[and here](2)");
}

TEST(Findings, ShowNoLineOfAFile) {
  for (const std::string& text :
       {findings_json(some()), findings_sarif(some(), "1"), findings_github(some())}) {
    EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace authzd
