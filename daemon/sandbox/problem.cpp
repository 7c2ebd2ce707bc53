// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/problem.hpp"

#include <utility>

namespace authzd::sandbox {

tl::unexpected<Problem> refuse(int status, std::string code, std::string message) {
  return tl::unexpected(Problem{status, std::move(code), std::move(message)});
}

tl::unexpected<Problem> refuse_body() {
  return refuse_body("Invalid body format. Check missing parameters.");
}

tl::unexpected<Problem> refuse_body(std::string message) {
  return refuse(400, "invalid_body", std::move(message));
}

std::string problem_body(const Problem& problem, const std::string& trace) {
  Json error = {{"code", problem.code}, {"message", problem.message}};
  if (!problem.details.is_null()) error["details"] = problem.details;
  Json body;
  body["trace"] = trace;
  body["errors"] = Json::array({std::move(error)});
  body["status_code"] = problem.status;
  return dump(body);
}

Problem problem_of_status(int status) {
  switch (status) {
    case 400: return {400, "invalid_body", "Invalid body format. Check missing parameters."};
    case 401: return {401, "invalid_token", "The provided IAM token is invalid."};
    case 403: return {403, "insufficent_permissions", "You are not allowed to do this."};
    case 404: return {404, "not_found", "The resource was not found."};
    case 409: return {409, "policy_conflict_error", "The policy was changed by another request."};
    case 415: return {415, "unsupported_content_type", "The content type is not supported."};
    case 422: return {422, "request_not_processed", "Exceeded maximum policies quota error."};
    case 429: return {429, "too_many_requests", "Too many requests. Try again later."};
    default: return {status, "unable_to_process", "The request could not be processed."};
  }
}

}  // namespace authzd::sandbox
