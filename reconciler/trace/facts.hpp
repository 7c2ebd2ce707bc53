// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What authzd assumes about IAM, and what a trace shows about it. A fact that IBM documents, or
// that was observed, has an expectation; the others are open questions, and a trace settles them.
// Most have a switch in the sandbox.
#pragma once

#include "reconciler/trace/trace.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class FactId {
  if_match_stale,
  if_match_missing,
  list_without_limit,
  list_largest_limit,
  list_links,
  include_last_permit,
  last_permit_of_authorizations,
  description_length,
  create_reply,
  echo_of_attributes,
  roles_in_replies,
  etag_of_get,
  etag_of_private_get,
  etag_after_replace,
  delete_status,
  get_of_deleted,
  delete_of_deleted,
  duplicate,
  quota_status,
  quota_code,
  forbidden_code,
  rate_limit_code,
  retry_after,
  unauthenticated_code,
  bad_key,
  date_header,
  transaction_id,
  href_version,
  private_roles,
  count,
};

enum class Basis {
  documented,  // by IBM, or seen in a public log
  inferred,    // from IBM's code; not stated
  unverified,  // authzd's choice
};
std::string_view to_string(Basis basis);

struct Fact {
  FactId id;
  std::string_view name;      // stable: "if-match-stale"
  std::string_view sentence;  // the assumption, or the question
  Basis basis;
  std::string_view source;    // in iam-api
  std::string_view sandbox;   // its switch; empty: there is none
  std::string_view expected;  // compared with the trace; empty: open, any answer settles it
};

std::span<const Fact> facts();

enum class FactVerdict {
  silent,        // the trace does not show it
  confirmed,     // as expected
  contradicted,  // not as expected
  settled,       // was unknown, and the trace shows it
};
std::string_view to_string(FactVerdict verdict);

struct FactFinding {
  const Fact* fact = nullptr;
  FactVerdict verdict = FactVerdict::silent;
  std::vector<std::string> seen = {};       // "412", "sent": each once, in order of occurrence
  std::vector<std::size_t> exchanges = {};  // the numbers of the first that show it, from 1
};

struct TraceVerdict {
  std::vector<FactFinding> findings;  // one per fact, in their order
  std::vector<std::string> unknown;   // of all replies, without duplicates, sorted

  [[nodiscard]] std::size_t count(FactVerdict verdict) const;
};

TraceVerdict judge_trace(const Trace& trace);

}  // namespace authzd
