// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Counts what one account asks of IAM, by kind of request and by status. Ids never become part of
// a count, so that there are few of them.
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
  std::string code;       // "200"; "none" where no reply could be read

  auto operator<=>(const ApiCallKind&) const = default;
};

class ApiCalls {
 public:
  void count(ApiCallKind kind) { ++counts_[std::move(kind)]; }
  [[nodiscard]] const std::map<ApiCallKind, std::uint64_t>& counts() const { return counts_; }

 private:
  std::map<ApiCallKind, std::uint64_t> counts_;
};

/// What `request` asks for, whatever path the endpoint's URL begins with.
std::string api_operation(const HttpRequest& request);

/// Sends through `client`, and counts each exchange that ends. Those that are cancelled are not
/// counted. Errors and cancellation: as `client`.
std::unique_ptr<HttpClient> make_counting_client(std::unique_ptr<HttpClient> client,
                                                 std::shared_ptr<ApiCalls> calls);

}  // namespace authzd
