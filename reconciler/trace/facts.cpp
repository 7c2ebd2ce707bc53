// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/facts.hpp"

#include "reconciler/trace/fact_evidence.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace authzd {
namespace {

using enum FactId;
using enum Basis;

constexpr std::size_t kMostExchanges = 3;  // named per fact

constexpr std::array<Fact, static_cast<std::size_t>(FactId::count)> kFacts{{
    {if_match_stale,
     "if-match-stale",
     "the status of a write whose If-Match is not the current ETag",
     unverified,
     "iam-api §12.1",
     "if-match-stale",
     ""},
    {if_match_missing,
     "if-match-missing",
     "the status of a PUT or PATCH without If-Match",
     unverified,
     "iam-api §12.1",
     "if-match-missing",
     ""},
    {list_without_limit,
     "list-without-limit",
     "whether a list without `limit` shows everything",
     unverified,
     "iam-api §12.2",
     "list-default-limit",
     ""},
    {list_largest_limit,
     "list-largest-limit",
     "which `limit` a list takes",
     unverified,
     "iam-api §12.2",
     "list-max-limit",
     ""},
    {list_links,
     "list-links",
     "`next` of a list has `href` and `start`, `first` has `href`",
     documented,
     "iam-api §2.3",
     "",
     "href and start"},
    {include_last_permit,
     "include-last-permit",
     "a list takes format=include_last_permit",
     documented,
     "iam-api §2.2",
     "include-last-permit",
     "200"},
    {last_permit_of_authorizations,
     "last-permit-of-authorizations",
     "whether authorizations have `last_permit_at`",
     unverified,
     "iam-api §12.11",
     "last-permit",
     ""},
    {description_length,
     "description-length",
     "how long a description may be",
     unverified,
     "iam-api §12.12",
     "description-limit",
     ""},
    {create_reply,
     "create-reply",
     "a create is answered with 201 and an ETag",
     documented,
     "iam-api §2.1",
     "",
     "201 with ETag"},
    {echo_of_attributes,
     "echo-of-attributes",
     "a write shows attributes as they were sent, in their order",
     documented,
     "iam-api §2.4",
     "",
     "as sent"},
    {roles_in_replies,
     "roles-in-replies",
     "v2 shows roles by their role_id alone",
     documented,
     "iam-api §2.5",
     "",
     "role_id alone"},
    {etag_of_get,
     "etag-of-get",
     "a GET of a policy has an ETag",
     documented,
     "iam-api §2.1",
     "get-etag",
     "sent"},
    {etag_of_private_get,
     "etag-of-private-get",
     "whether a GET of a policy has an ETag on a private endpoint",
     unverified,
     "iam-api §12.7",
     "get-etag",
     ""},
    {etag_after_replace,
     "etag-after-replace",
     "a PUT is answered with 200 and an ETag that is not the one sent",
     documented,
     "iam-api §2.1",
     "",
     "200 with a new ETag"},
    {delete_status,
     "delete-status",
     "a DELETE is answered with 204",
     documented,
     "iam-api §2.1",
     "",
     "204"},
    {get_of_deleted,
     "get-of-deleted",
     "a policy that was deleted is shown with the state deleted",
     documented,
     "iam-api §2.6",
     "deleted-retention",
     "200, state deleted"},
    {delete_of_deleted,
     "delete-of-deleted",
     "the status of a DELETE of a policy that is already deleted",
     unverified,
     "iam-api §12.3",
     "delete-deleted",
     ""},
    {duplicate,
     "duplicate",
     "a duplicate is refused with 409 policy_conflict_error, which shows the policy that is there",
     documented,
     "iam-api §2.6",
     "conflict-policy",
     "409 policy_conflict_error with the policy"},
    {quota_status,
     "quota-status",
     "a create beyond the quota is refused with 422",
     documented,
     "iam-api §2.6",
     "quota",
     "422"},
    {quota_code,
     "quota-code",
     "the code of that refusal",
     unverified,
     "iam-api §12.4",
     "quota-code",
     ""},
    {forbidden_code,
     "forbidden-code",
     "a 403 has the code insufficent_permissions, so spelt",
     inferred,
     "iam-api §12.4",
     "forbidden-code",
     "insufficent_permissions"},
    {rate_limit_code,
     "rate-limit-code",
     "a 429 has the code too_many_requests",
     inferred,
     "iam-api §2.6",
     "",
     "too_many_requests"},
    {retry_after,
     "retry-after",
     "whether a 429 says in Retry-After when to come back",
     unverified,
     "iam-api §12.8",
     "retry-after",
     ""},
    {unauthenticated_code,
     "unauthenticated-code",
     "a token that IAM does not take is refused with 401 invalid_token",
     documented,
     "iam-api §2.6",
     "",
     "invalid_token"},
    {bad_key,
     "bad-key",
     "an API key that is none is refused with 400 BXNIM0415E",
     documented,
     "iam-api §7.1",
     "",
     "400 BXNIM0415E"},
    {date_header, "date-header", "whether replies have a Date", unverified, "iam-api §1", "", ""},
    {transaction_id,
     "transaction-id",
     "replies of the policy API have a Transaction-Id",
     documented,
     "iam-api §1",
     "",
     "sent"},
    {href_version,
     "href-version",
     "the version in the href of a policy made through v2",
     unverified,
     "iam-api §12.9",
     "href-of-v2",
     ""},
    {private_roles,
     "private-roles",
     "a private endpoint answers a look-up of roles by source with a 404 that is no JSON",
     documented,
     "iam-api §1",
     "private-endpoint",
     "404, no JSON"},
}};

FactVerdict verdict_on(const Fact& fact, const std::vector<std::string>& seen) {
  if (seen.empty()) return FactVerdict::silent;
  if (fact.expected.empty()) return FactVerdict::settled;
  const bool is_as_expected =
      std::ranges::all_of(seen, [&fact](const std::string& each) { return each == fact.expected; });
  return is_as_expected ? FactVerdict::confirmed : FactVerdict::contradicted;
}

}  // namespace

std::string_view to_string(Basis basis) {
  switch (basis) {
    case documented: return "documented";
    case inferred: return "inferred";
    case unverified: break;
  }
  return "unverified";
}

std::string_view to_string(FactVerdict verdict) {
  switch (verdict) {
    case FactVerdict::confirmed: return "confirmed";
    case FactVerdict::contradicted: return "contradicted";
    case FactVerdict::settled: return "settled";
    case FactVerdict::silent: break;
  }
  return "silent";
}

std::span<const Fact> facts() {
  return kFacts;
}

std::size_t TraceVerdict::count(FactVerdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(findings, verdict, &FactFinding::verdict));
}

TraceVerdict judge_trace(const Trace& trace) {
  TraceVerdict verdict;
  for (const Fact& fact : kFacts) verdict.findings.push_back({&fact});
  for (const FactSighting& sighting : sightings_in(trace)) {
    FactFinding& finding = verdict.findings[static_cast<std::size_t>(sighting.fact)];
    if (std::ranges::find(finding.seen, sighting.seen) != finding.seen.end()) continue;
    finding.seen.push_back(sighting.seen);
    if (finding.exchanges.size() < kMostExchanges) finding.exchanges.push_back(sighting.exchange);
  }
  for (FactFinding& finding : verdict.findings) {
    finding.verdict = verdict_on(*finding.fact, finding.seen);
  }
  std::set<std::string> unknown;
  for (const TraceExchange& exchange : trace.exchanges) {
    unknown.insert(exchange.unknown.begin(), exchange.unknown.end());
  }
  verdict.unknown.assign(unknown.begin(), unknown.end());
  return verdict;
}

}  // namespace authzd
