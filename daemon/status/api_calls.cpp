// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/api_calls.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace authzd {
namespace {

struct Operation {
  std::string_view method;
  std::string_view path;  // a part of the path; a final '/' requires an id after it
  std::string_view name;
};

// The first match counts.
constexpr std::array<Operation, 10> kOperations{{{"GET", "/v2/policies/", "read_policy"},
                                                 {"GET", "/v2/policies", "list_policies"},
                                                 {"POST", "/v2/policies", "create_policy"},
                                                 {"PUT", "/v2/policies/", "replace_policy"},
                                                 {"DELETE", "/v2/policies/", "delete_policy"},
                                                 {"PATCH", "/v1/policies/", "restore_policy"},
                                                 {"GET", "/v2/roles", "list_roles"},
                                                 {"GET", "/resource_instances", "list_instances"},
                                                 {"POST", "/identity/token", "token"},
                                                 {"", "/identity/", "token"}}};

/// While it lives, a request waits for its reply, however the wait ends.
class WaitingCall {
 public:
  WaitingCall(ApiCalls& calls, std::string operation)
      : calls_(calls), number_(calls.begin(std::move(operation))) {}
  WaitingCall(const WaitingCall&) = delete;
  WaitingCall& operator=(const WaitingCall&) = delete;
  ~WaitingCall() { calls_.end(number_); }

 private:
  ApiCalls& calls_;
  std::uint64_t number_;
};

class CountingClient final : public HttpClient {
 public:
  CountingClient(std::unique_ptr<HttpClient> client, std::shared_ptr<ApiCalls> calls)
      : client_(std::move(client)), calls_(std::move(calls)) {}

  Async<HttpResponse> send(HttpRequest request) override {
    std::string operation = api_operation(request);
    const WaitingCall waiting(*calls_, operation);
    Result<HttpResponse> response = co_await client_->send(std::move(request));
    ApiCallKind kind;
    kind.operation = std::move(operation);
    kind.code = "none";
    if (response) kind.code = std::to_string(response->status);
    calls_->count(std::move(kind));
    co_return response;
  }

 private:
  std::unique_ptr<HttpClient> client_;
  std::shared_ptr<ApiCalls> calls_;
};

}  // namespace

std::string api_operation(const HttpRequest& request) {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  for (const Operation& operation : kOperations) {
    const bool fits = operation.method.empty() || operation.method == request.method;
    if (fits && path.find(operation.path) != std::string_view::npos) {
      return std::string(operation.name);
    }
  }
  return "other";
}

std::unique_ptr<HttpClient> make_counting_client(std::unique_ptr<HttpClient> client,
                                                 std::shared_ptr<ApiCalls> calls) {
  return std::make_unique<CountingClient>(std::move(client), std::move(calls));
}

}  // namespace authzd
