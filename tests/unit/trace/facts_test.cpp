// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Each fact with what a trace must show for it: the rows are the table of facts.

#include "reconciler/trace/facts.hpp"

#include "reconciler/trace/trace_report.hpp"
#include "tests/unit/trace/traces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace authzd {
namespace {

using test::exchange;
using test::trace_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kRefusal =
    R"({"trace":"t","errors":[{"code":"CODE","message":"MESSAGE"}],"status_code":0})";

std::string refusal(const std::string& code, const std::string& message = "no") {
  std::string text = kRefusal;
  text.replace(text.find("CODE"), 4, code);
  return text.replace(text.find("MESSAGE"), 7, message);
}

const std::string kBody =
    R"({"type":"authorization","description":"x","subject":{"attributes":[{"key":"a","value":"1"}]},
  "resource":{"attributes":[{"key":"b","value":"2"}]},"control":{"grant":{"roles":[{"role_id":"r"}]}}})";
const std::string kShown =
    R"({"id":"p","type":"authorization","href":"https://iam.cloud.ibm.com/v2/policies/p","subject":{"attributes":[{"key":"a","value":"1"}]},
  "resource":{"attributes":[{"key":"b","value":"2"}]},"control":{"grant":{"roles":[{"role_id":"r"}]}},"state":"active"})";
const TraceHeaders kEtag{{"ETag", "1-a"}};
const TraceHeaders kMatch{{"If-Match", "1-a"}};

std::string policies(const std::string& more, const std::string& policy = "{}") {
  return R"({"policies":[)" + policy + "]" + more + "}";
}

std::string described(std::size_t characters) {
  return R"({"type":"authorization","description":")" + std::string(characters, 'x') + "\"}";
}

struct Row {
  std::string name;
  FactId fact;
  FactVerdict verdict;
  std::string seen;
  std::vector<TraceExchange> exchanges;
  Endpoint endpoint = Endpoint::open;
};

std::vector<Row> rows() {
  using enum FactId;
  using enum FactVerdict;
  const auto list = [](const std::string& target, int status, const std::string& reply) {
    return exchange("GET", "/v2/policies" + target, status, reply);
  };
  const auto create = [](int status, const std::string& reply, TraceHeaders headers = kEtag) {
    return exchange("POST", "/v2/policies", status, reply, std::move(headers), kBody);
  };
  const auto get = [](int status, const std::string& reply, TraceHeaders headers = kEtag) {
    return exchange("GET", "/v2/policies/p", status, reply, std::move(headers));
  };
  const auto remove = [](int status) { return exchange("DELETE", "/v2/policies/p", status, ""); };
  const auto put =
      [](int status, const std::string& reply, TraceHeaders headers, TraceHeaders sent = kMatch) {
        return exchange(
            "PUT", "/v2/policies/p", status, reply, std::move(headers), kBody, std::move(sent));
      };
  const auto limited = [](TraceHeaders headers, const std::string& code) {
    return exchange("GET", "/v2/policies", 429, refusal(code), std::move(headers));
  };
  const std::string rival =
      R"({"errors":[{"code":"policy_conflict_error","message":"m","details":{"conflicts_with":{"policy":{"id":"q"}}}}]})";
  const std::string as_text =
      R"({"errors":[{"code":"policy_conflict_error","message":"m","details":{"conflicts_with":{"policy":"q"}}}]})";
  const auto key = [](const std::string& code) {
    return exchange(
        "POST", "/identity/token", 400, R"({"errorCode":")" + code + R"(","errorMessage":"m"})");
  };
  const std::string both = R"(,"next":{"href":"h","start":"s"},"limit":100)";
  const std::string used = R"({"type":"authorization","last_permit_at":"2026-01-31T08:00:00Z"})";
  const std::string never = R"({"type":"authorization","last_permit_at":null})";
  const std::string bare = R"({"type":"authorization"})";
  const std::string other_order =
      R"({"id":"p","subject":{"attributes":[{"key":"a","value":"1"}]},"resource":{"attributes":[]}})";
  return {
      {"stale_412", if_match_stale, settled, "412 CODE", {put(412, refusal("CODE"), {})}},
      {"stale_409",
       if_match_stale,
       settled,
       "409 policy_conflict_error",
       {put(409, refusal("policy_conflict_error"), {})}},
      {"stale_is_no_rival", if_match_stale, silent, "", {put(409, rival, {})}},
      {"no_match",
       if_match_missing,
       settled,
       "400 invalid_body",
       {put(400, refusal("invalid_body"), {}, {})}},
      {"all_at_once",
       list_without_limit,
       settled,
       "everything",
       {list("?type=authorization", 200, policies(""))}},
      {"pages_unasked", list_without_limit, settled, "pages of 1", {list("", 200, policies(both))}},
      {"limit_taken",
       list_largest_limit,
       settled,
       "limit=100 is taken",
       {list("?limit=100", 200, policies(both))}},
      {"limit_cut",
       list_largest_limit,
       settled,
       "limit=1000 is cut to 100",
       {list("?limit=1000", 200, policies(both))}},
      {"limit_refused",
       list_largest_limit,
       settled,
       "limit=9 is refused",
       {list("?limit=9", 400, refusal("x"))}},
      {"links", list_links, confirmed, "href and start", {list("?limit=100", 200, policies(both))}},
      {"bare_link",
       list_links,
       contradicted,
       "`next` without `href` or `start`",
       {list("?limit=1", 200, policies(R"(,"next":{"start":"s"})"))}},
      {"use_taken",
       include_last_permit,
       confirmed,
       "200",
       {list("?format=include_last_permit", 200, policies(""))}},
      {"use_refused",
       include_last_permit,
       contradicted,
       "400",
       {list("?format=include_last_permit", 400, refusal("x")), list("", 200, policies(""))}},
      {"use_date",
       last_permit_of_authorizations,
       settled,
       "a date",
       {list("?format=include_last_permit", 200, policies("", used))}},
      {"use_null",
       last_permit_of_authorizations,
       settled,
       "null",
       {list("?format=include_last_permit", 200, policies("", never))}},
      {"use_absent",
       last_permit_of_authorizations,
       settled,
       "absent",
       {list("?format=include_last_permit", 200, policies("", bare))}},
      {"short_text", description_length, silent, "", {list("", 200, policies("", described(200)))}},
      {"long_text",
       description_length,
       settled,
       "900 characters are taken",
       {list("", 200, policies("", described(900)))}},
      {"long_refused",
       description_length,
       settled,
       "1 characters are refused",
       {create(400, refusal("invalid_body", "description is too long"))}},
      {"created", create_reply, confirmed, "201 with ETag", {create(201, kShown)}},
      {"created_bare", create_reply, contradicted, "201 without ETag", {create(201, kShown, {})}},
      {"echo", echo_of_attributes, confirmed, "as sent", {create(201, kShown)}},
      {"echo_other",
       echo_of_attributes,
       contradicted,
       "otherwise than sent",
       {create(201, other_order)}},
      {"bare_roles", roles_in_replies, confirmed, "role_id alone", {create(201, kShown)}},
      {"etag", etag_of_get, confirmed, "sent", {get(200, kShown)}},
      {"no_etag", etag_of_get, contradicted, "absent", {get(200, kShown, {})}},
      {"private_etag",
       etag_of_private_get,
       settled,
       "absent",
       {get(200, kShown, {})},
       Endpoint::closed},
      {"new_etag",
       etag_after_replace,
       confirmed,
       "200 with a new ETag",
       {put(200, kShown, {{"ETag", "2-b"}})}},
      {"old_etag",
       etag_after_replace,
       contradicted,
       "200 with the old ETag",
       {put(200, kShown, kEtag)}},
      {"deleted", delete_status, confirmed, "204", {remove(204)}},
      {"deleted_200", delete_status, contradicted, "200", {remove(200)}},
      {"get_deleted",
       get_of_deleted,
       confirmed,
       "200, state deleted",
       {remove(204), get(200, R"({"state":"deleted"})")}},
      {"get_gone",
       get_of_deleted,
       contradicted,
       "404",
       {remove(204), get(404, refusal("policy_not_found"))}},
      {"delete_twice", delete_of_deleted, settled, "404", {remove(204), remove(404)}},
      {"duplicate",
       duplicate,
       confirmed,
       "409 policy_conflict_error with the policy",
       {create(409, rival)}},
      {"duplicate_text",
       duplicate,
       contradicted,
       "409 policy_conflict_error with text",
       {create(409, as_text)}},
      {"quota",
       quota_status,
       confirmed,
       "422",
       {create(422, refusal("request_not_processed", "Exceeded maximum policies quota error"))}},
      {"quota_400",
       quota_status,
       contradicted,
       "400",
       {create(400, refusal("x", "Exceeded maximum policies quota error"))}},
      {"quota_code",
       quota_code,
       settled,
       "unable_to_process",
       {create(422, refusal("unable_to_process"))}},
      {"forbidden",
       forbidden_code,
       confirmed,
       "insufficent_permissions",
       {create(403, refusal("insufficent_permissions"))}},
      {"forbidden_other",
       forbidden_code,
       contradicted,
       "insufficient_permissions",
       {create(403, refusal("insufficient_permissions"))}},
      {"rate", rate_limit_code, confirmed, "too_many_requests", {limited({}, "too_many_requests")}},
      {"retry_none", retry_after, settled, "absent", {limited({}, "x")}},
      {"retry_seconds", retry_after, settled, "seconds", {limited({{"Retry-After", "3"}}, "x")}},
      {"retry_date",
       retry_after,
       settled,
       "a date",
       {limited({{"Retry-After", "Tue, 15 Nov 1994 08:12:31 GMT"}}, "x")}},
      {"token_refused",
       unauthenticated_code,
       confirmed,
       "invalid_token",
       {list("", 401, refusal("invalid_token"))}},
      {"bad_key", bad_key, confirmed, "400 BXNIM0415E", {key("BXNIM0415E")}},
      {"bad_key_other", bad_key, contradicted, "400 BXNIM0999E", {key("BXNIM0999E")}},
      {"no_date", date_header, settled, "absent", {get(200, kShown)}},
      {"date",
       date_header,
       settled,
       "sent",
       {get(200, kShown, {{"Date", "Tue, 15 Nov 1994 08:12:31 GMT"}})}},
      {"transaction",
       transaction_id,
       confirmed,
       "sent",
       {get(200, kShown, {{"Transaction-Id", "x"}})}},
      {"no_transaction", transaction_id, contradicted, "absent", {get(200, kShown, {})}},
      {"href", href_version, settled, "v2", {create(201, kShown)}},
      {"private_roles",
       private_roles,
       confirmed,
       "404, no JSON",
       {exchange("GET", "/v2/roles?source_service_name=a", 404, "<html>")},
       Endpoint::closed},
      {"private_served",
       private_roles,
       contradicted,
       "200, JSON",
       {exchange("GET", "/v2/roles?source_service_name=a", 200, "{}")},
       Endpoint::closed},
  };
}

class FactsTable : public testing::TestWithParam<Row> {};

TEST_P(FactsTable, SaysWhatATraceShows) {
  const Row& row = GetParam();

  const TraceVerdict verdict = judge_trace(trace_of(row.exchanges, row.endpoint));

  const FactFinding& finding = verdict.findings[static_cast<std::size_t>(row.fact)];
  EXPECT_EQ(finding.fact->id, row.fact);
  EXPECT_EQ(to_string(finding.verdict), to_string(row.verdict));
  if (row.verdict == FactVerdict::silent) {
    EXPECT_TRUE(finding.seen.empty());
  } else {
    EXPECT_THAT(finding.seen, ElementsAre(row.seen));
    EXPECT_EQ(finding.exchanges, std::vector<std::size_t>{row.exchanges.size()});
  }
}

INSTANTIATE_TEST_SUITE_P(All, FactsTable, testing::ValuesIn(rows()), [](const auto& test) {
  return test.param.name;
});

TEST(Facts, HaveEachARowOfTheTest) {
  std::set<FactId> tested;
  for (const Row& row : rows()) tested.insert(row.fact);
  std::set<std::string_view> names;
  for (const Fact& fact : facts()) {
    EXPECT_TRUE(tested.contains(fact.id)) << fact.name;
    EXPECT_TRUE(names.insert(fact.name).second) << fact.name;
    EXPECT_EQ(fact.basis == Basis::unverified, fact.expected.empty()) << fact.name;
    EXPECT_EQ(&fact - facts().data(), static_cast<std::ptrdiff_t>(fact.id)) << fact.name;
  }
}

TEST(Facts, ContradictWhereOneOfTwoSightingsDoes) {
  const auto sent = exchange("GET", "/v2/policies/p", 200, kShown, kEtag);
  const auto absent = exchange("GET", "/v2/policies/p", 200, kShown);

  const TraceVerdict verdict = judge_trace(trace_of({sent, absent, sent}));

  const FactFinding& finding = verdict.findings[static_cast<std::size_t>(FactId::etag_of_get)];
  EXPECT_EQ(finding.verdict, FactVerdict::contradicted);
  EXPECT_THAT(finding.seen, ElementsAre("sent", "absent"));
}

TEST(Facts, SayNothingOfAnEmptyTrace) {
  const TraceVerdict verdict = judge_trace(trace_of({}));

  EXPECT_EQ(verdict.count(FactVerdict::silent), facts().size());
}

TEST(TraceReport, NamesContradictionsFirstAndWhatIsNotKnown) {
  auto one = exchange("GET", "/v2/policies/p", 200, kShown);
  one.unknown = {"region (string)"};
  const Trace trace = trace_of({one}, Endpoint::other);

  const std::string text = trace_text(trace, judge_trace(trace));

  EXPECT_THAT(text, HasSubstr("another endpoint than IBM's"));
  EXPECT_THAT(text,
              HasSubstr("Contradicted:\n  etag-of-get: a GET of a policy has an ETag\n"
                        "    seen: absent (exchange 1)\n    expected: sent\n"));
  EXPECT_THAT(text, HasSubstr("Not known to this authzd:\n  region (string)\n"));
  EXPECT_LT(text.find("Contradicted:"), text.find("Settled,"));
  const auto json = TraceJson::parse(trace_report_json(trace, judge_trace(trace)));
  EXPECT_EQ(json["facts"].size(), facts().size());
  EXPECT_EQ(json["unknown"][0], "region (string)");
}

}  // namespace
}  // namespace authzd
