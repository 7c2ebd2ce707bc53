// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Bodies of IAM's policy and role calls, as text, to and from the model. Reading is tolerant of
// what IAM may omit and strict about what it must send. An undecodable policy is left out of its
// page and reported there: only callers that know the state can judge whether it may be ours.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/model/role.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct WireReply;

struct PolicyPage {
  std::vector<Observed> policies;  // authorizations only, in IAM's order, active or deleted
  std::vector<UnreadablePolicy> unreadable = {};
  std::string next_start;  // empty on the last page
};

/// An account has a few, if any; a list of more is not IAM's, and each costs work and memory.
inline constexpr std::size_t kMostUnreadable = 10'000;
Error too_many_unreadable();

/// Two ways to the same result: the quick one reads policies in IAM's usual form with simdjson, and
/// all others as the thorough one does.
enum class PageReading { quick, thorough };

/// A policy of more bytes is left out, as unreadable: IAM's have a few thousand at most.
inline constexpr std::size_t kMostPolicyBytes = 1U << 20U;

/// GET /v2/policies, in slices: a reply may have any number of policies. `body`
/// must outlive this.
class PageDecoder {
 public:
  explicit PageDecoder(std::string_view body, PageReading reading = PageReading::quick);
  ~PageDecoder();

  /// Decodes a slice of some milliseconds. True: there is more. Errors: bad_response, also for more
  /// than kMostUnreadable; a policy without an id and type is identified by its number on the page.
  Result<bool> decode_some();

  /// The page, once there is no more. Errors: bad_response.
  Result<PolicyPage> finish() &&;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// The same in one go.
Result<PolicyPage> decode_policy_page(std::string_view body,
                                      PageReading reading = PageReading::quick);

/// One policy of v2. Errors: bad_response; not_found, if it is not an authorization.
Result<Observed> decode_policy(std::string_view body);

/// One policy of v1; empty if the reply is the placeholder for a policy that v1 cannot show.
Result<std::optional<Observed>> decode_policy_v1(std::string_view body);

/// The policy that conflicts with a create, as a 409 shows it: in the form of either version, as an
/// object or as text, with its ETag. Empty if it is not shown completely.
std::optional<Versioned> decode_rival(std::string_view body);

/// The layout of one policy of v2; empty if the body is none.
PolicyLayout decode_layout(std::string_view body);

/// The policy with the reply's ETag (raw and unquoted as IAM sends it, empty if there is none) and
/// with the layout of its body.
Versioned versioned(Observed policy, const WireReply& reply);

/// The body of a v2 create or replace. What is in the layout keeps its order and spelling; the rest
/// follows, sorted. `extras` are not written, which removes them.
std::string encode_policy(const PolicyContent& content, const PolicyLayout& layout = {});

/// GET /v2/roles. An undecodable role is omitted. Errors: bad_response.
Result<RoleTable> decode_roles(std::string_view body);

/// A description of an unreadable body: "is a web page", "is empty", "is not JSON".
std::string describe_non_json(std::string_view body);

}  // namespace authzd
