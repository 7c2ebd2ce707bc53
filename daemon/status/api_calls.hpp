// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Counts the requests of one account to IAM, by kind and status, and knows those that wait for a
// reply. Ids are never part of a count, so
// that there are few counts.
#pragma once

#include "daemon/net/http.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace authzd {

struct ApiCallKind {
  std::string operation;  // "list_policies", "replace_policy", "token", …; else "other"
  std::string code;       // "200"; "none" without a readable reply

  auto operator<=>(const ApiCallKind&) const = default;
};

class ApiCalls {
 public:
  void count(ApiCallKind kind) { ++counts_[std::move(kind)]; }
  [[nodiscard]] const std::map<ApiCallKind, std::uint64_t>& counts() const { return counts_; }

  /// A request was sent. Returns its number, for end().
  std::uint64_t begin(std::string operation) {
    waiting_.emplace(++last_, std::move(operation));
    return last_;
  }
  void end(std::uint64_t number) { waiting_.erase(number); }

  /// The operations of the requests without a reply yet, by number: the oldest first.
  [[nodiscard]] const std::map<std::uint64_t, std::string>& waiting() const { return waiting_; }

 private:
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::string> waiting_;
  std::map<ApiCallKind, std::uint64_t> counts_;
};

/// The operation of `request`, whatever prefix the endpoint's URL has.
std::string api_operation(const HttpRequest& request);

/// Sends through `client`, and counts each completed exchange, but not cancelled ones. Errors and
/// cancellation: as `client`.
std::unique_ptr<HttpClient> make_counting_client(std::unique_ptr<HttpClient> client,
                                                 std::shared_ptr<ApiCalls> calls);

}  // namespace authzd
