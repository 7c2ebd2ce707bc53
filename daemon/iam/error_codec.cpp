// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/error_codec.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/retry/retry.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kLongestMessage = 600;

std::string shortened(std::string_view text) {
  std::string shown = printable(without_secrets(trim(text.substr(0, kLongestMessage))));
  if (text.size() > kLongestMessage) shown += " …";
  return shown;
}

/// The first UUID in round or square brackets: IBM's messages name the other policy like this.
std::string id_in_brackets(std::string_view message) {
  constexpr std::size_t kGuidLength = 36;
  for (std::size_t at = 0; at < message.size(); ++at) {
    if (message[at] != '(' && message[at] != '[') continue;
    const std::string_view word = message.substr(at + 1, kGuidLength);
    if (is_guid(word)) return std::string(word);
  }
  return {};
}

/// `conflicts_with.policy` is an object in the form of either version, or text: an id, or such an
/// object as JSON.
std::string id_of_policy(const Json& policy) {
  std::string id = text_or_empty(policy, "id");
  const auto* text = policy.get_ptr<const std::string*>();
  if (!id.empty() || text == nullptr) return id;
  if (is_guid(*text)) return *text;
  const std::optional<Json> inner = parse_json(*text);
  return inner ? text_or_empty(*inner, "id") : std::string();
}

std::string conflict_in(const Json& error) {
  const Json* details = find_member(error, "details");
  const Json* with = details == nullptr ? nullptr : find_member(*details, "conflicts_with");
  if (with == nullptr) return {};
  const Json* policy = find_member(*with, "policy");
  return id_of_policy(policy == nullptr ? *with : *policy);
}

/// {"trace": …, "errors": [{"code": …, "message": …, "details": …}], "status_code": …}
void read_policy_shape(const Json& json, ErrorBody& body) {
  Fault ignored;
  const Json::array_t* errors = read_array(json, "errors", ignored);
  if (errors == nullptr) return;
  for (const Json& error : *errors) {
    const std::string message = text_or_empty(error, "message");
    if (body.code.empty()) body.code = text_or_empty(error, "code");
    if (body.conflicts_with.empty()) body.conflicts_with = conflict_in(error);
    if (body.conflicts_with.empty()) body.conflicts_with = id_in_brackets(message);
    if (!body.message.empty() && !message.empty()) body.message += "; ";
    body.message += message;
  }
}

/// {"errorCode": "BXNIM…", "errorMessage": …}
void read_identity_shape(const Json& json, ErrorBody& body) {
  if (body.code.empty()) body.code = text_or_empty(json, "errorCode");
  if (body.message.empty()) body.message = text_or_empty(json, "errorMessage");
}

/// The meaning of a 404. It counts as proof that a policy is gone, so only IAM's own error for that
/// is accepted (iam-api §2.6): gateways answer 404 for their own reasons, with a web page, with
/// nothing, or with other JSON.
ErrorCode code_for_404(const ErrorBody& body) {
  constexpr std::array<std::string_view, 3> kGone{
      "policy_not_found", "not_found", "resource_not_found"};
  if (std::ranges::find(kGone, body.code) != kGone.end()) return ErrorCode::not_found;
  return body.code.empty() ? ErrorCode::bad_response : ErrorCode::rejected;
}

ErrorCode code_for(int status, Purpose purpose, const ErrorBody& body) {
  const bool about_token = purpose == Purpose::token || purpose == Purpose::metadata;
  if (about_token && (status == 400 || status == 403)) return ErrorCode::unauthenticated;
  switch (status) {
    case 401: return ErrorCode::unauthenticated;
    case 403: return ErrorCode::forbidden;
    case 404: return code_for_404(body);
    case 408: return ErrorCode::timeout;
    case 409:
    case 412: return ErrorCode::conflict;
    case 422: return ErrorCode::quota_exceeded;
    case 429: return ErrorCode::rate_limited;
    case 501: return ErrorCode::rejected;
    default: break;
  }
  if (status >= 500) return ErrorCode::unavailable;
  return status >= 400 ? ErrorCode::rejected : ErrorCode::bad_response;
}

/// A success status other than the call's own.
bool is_partial(int status) {
  return status / 100 == 2;
}

std::string advice_on_token(ErrorCode code, const ErrorBody& body) {
  if (body.code == "BXNIM0415E") {
    return "IAM refused the API key: it does not exist, or was deleted; make another one of the "
           "same service id or user, and give that";
  }
  if (code == ErrorCode::unauthenticated) return "IAM gave no token for this credential";
  return {};
}

std::string advice_on_metadata(ErrorCode code) {
  switch (code) {
    case ErrorCode::unauthenticated: return "the metadata service gave no token";
    case ErrorCode::rate_limited: return "the metadata service asks to slow down";
    case ErrorCode::unavailable: return "the metadata service failed";
    default: return "the reply is none of a metadata service's";
  }
}

std::string advice_on_instances(ErrorCode code) {
  switch (code) {
    case ErrorCode::unauthenticated: return "Resource Controller refused the token";
    case ErrorCode::forbidden:
      return "not permitted: the identity needs at least the role Viewer on the instances that "
             "manifests call by name";
    case ErrorCode::rate_limited: return "Resource Controller asks to slow down";
    case ErrorCode::timeout: return "Resource Controller waited too long for the request";
    case ErrorCode::unavailable: return "Resource Controller failed";
    default:
      return "the reply is none of Resource Controller's; check iam.resourceControllerEndpoint, "
             "and that no proxy answers in its place";
  }
}

std::string advice(int status, ErrorCode code, Purpose purpose) {
  const bool writing = purpose == Purpose::write;
  if (is_partial(status)) {
    return "the reply is not the whole answer; check that no proxy answers in IAM's place";
  }
  switch (code) {
    case ErrorCode::unauthenticated: return "IAM refused the token";
    case ErrorCode::forbidden:
      return writing ? "not permitted: the identity needs the role Administrator on the target "
                       "service of the authorization"
                     : "not permitted: the identity needs at least the role Viewer on the services "
                       "of the account to read its authorizations and roles";
    case ErrorCode::not_found: return "IAM knows no such thing";
    case ErrorCode::conflict:
      return status == 412
                 ? "the policy was changed since it was read"
                 : "another policy is in the way, or this one was changed since it was read";
    case ErrorCode::quota_exceeded:
      return "IAM could not process it, most likely because the account holds as many policies as "
             "it may; remove some, or have IBM raise the limit";
    case ErrorCode::rate_limited:
      return "IAM asks to slow down each time it is asked; lower iam.requestsPerSecond, and see "
             "what else calls IAM for this account";
    case ErrorCode::timeout: return "IAM waited too long for the request";
    case ErrorCode::unavailable: return "IAM failed";
    case ErrorCode::rejected: break;
    default:
      return status >= 300 && status < 400
                 ? "redirect not followed; check the endpoint"
                 : "the reply is none of IAM's; check the endpoint, and that no proxy answers in "
                   "its place";
  }
  return status == 501 ? "this IAM does not implement the call" : "IAM refused the request";
}

}  // namespace

ErrorBody decode_error_body(std::string_view text) {
  ErrorBody body;
  const std::optional<Json> json = parse_json(text);
  if (json && json->is_object()) {
    read_policy_shape(*json, body);
    read_identity_shape(*json, body);
    // The Resource Controller has its own codes.
    if (body.message.empty()) body.message = text_or_empty(*json, "message");
    body.trace = shortened(text_or_empty(*json, "trace"));
    body.code = shortened(body.code);
    body.conflicts_with = shortened(body.conflicts_with);
    body.message = shortened(body.message);
  } else if (trim(text).starts_with('<')) {
    body.message = "(a web page)";
  } else {
    body.message = shortened(text);
  }
  return body;
}

std::string transaction_id_of(const HttpResponse& reply) {
  constexpr std::size_t kLongest = 128;
  const std::string_view header = find_header(reply.headers, "Transaction-Id");
  return printable(without_secrets(header.substr(0, kLongest)));
}

Error error_from_reply(const HttpResponse& reply, Purpose purpose, Timestamp now) {
  // The body of a success is not a message, and may be a part of a token.
  ErrorBody body = is_partial(reply.status) ? ErrorBody() : decode_error_body(reply.body);
  Error error;
  error.code = code_for(reply.status, purpose, body);
  if (purpose == Purpose::token) error.message = advice_on_token(error.code, body);
  if (purpose == Purpose::metadata) error.message = advice_on_metadata(error.code);
  if (purpose == Purpose::instances) error.message = advice_on_instances(error.code);
  if (error.message.empty()) error.message = advice(reply.status, error.code, purpose);
  if (!body.message.empty()) error.message += ": " + body.message;

  error.detail.http_status = reply.status;
  error.detail.service_code = std::move(body.code);
  error.detail.transaction_id = transaction_id_of(reply);
  if (error.detail.transaction_id.empty()) error.detail.transaction_id = std::move(body.trace);
  if (reply.status == 409) error.detail.conflicts_with = std::move(body.conflicts_with);
  // A date is compared with the clock that wrote it, if the reply has that.
  const Timestamp sent_at = parse_http_date(find_header(reply.headers, "Date")).value_or(now);
  error.detail.retry_after = parse_retry_after(find_header(reply.headers, "Retry-After"), sent_at);
  // A gateway's 5xx does not say whether the write reached IAM; after 501 it never will.
  error.detail.may_have_happened =
      purpose == Purpose::write &&
      (error.code == ErrorCode::unavailable || is_partial(reply.status));
  return error;
}

}  // namespace authzd
