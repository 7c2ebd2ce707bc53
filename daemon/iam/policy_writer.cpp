// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_writer.hpp"

#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/encoding.hpp"

#include <utility>

namespace authzd {
namespace {

std::string path_of(std::string_view version, const PolicyId& id) {
  return "/" + std::string(version) + "/policies/" + percent_encoded(id.value);
}

/// IAM did the write, but its reply does not show the result.
constexpr int kNoContent = 204;

Error done_but_unread(Error error, const WireReply& reply) {
  error = with_reply(std::move(error), reply);
  error.code = ErrorCode::bad_response;
  error.detail.may_have_happened = true;
  return std::move(error).context("IAM accepted the write, but");
}

Error without_etag() {
  return Error{ErrorCode::internal, "a write without an ETag was refused before it was sent"};
}

}  // namespace

HttpPolicyWriter::HttpPolicyWriter(std::shared_ptr<Session> session)
    : session_(std::move(session)) {}

Async<Written> HttpPolicyWriter::create(PolicyContent content) {
  ApiCall call{"POST", "/v2/policies", Purpose::write, encode_policy(content)};
  call.also = 409;
  Result<Written> written = co_await write(std::move(call), std::move(content));
  if (!written) co_return std::move(written).error().context("creating a policy");
  co_return written;
}

/// A 409 comes from the authoritative copy: what it shows counts at once, however far read replicas
/// lag behind. Equal content includes the marker, so the policy is ours.
Result<Written> HttpPolicyWriter::judge_rival(const WireReply& reply,
                                              const PolicyContent& wanted) const {
  auto rival = decode_rival(reply.response.body);
  const bool is_same =
      rival && rival->policy.state == PolicyState::active && rival->policy.content == wanted;
  if (is_same) return Written{std::move(*rival), reply.transaction_id, true};
  Error error = error_from_reply(reply.response, Purpose::write, session_->clock().now());
  if (error.detail.transaction_id.empty()) error.detail.transaction_id = reply.transaction_id;
  return error;
}

Async<Written> HttpPolicyWriter::replace(PolicyId id,
                                         PolicyContent content,
                                         Etag etag,
                                         PolicyLayout layout) {
  if (etag.empty()) co_return without_etag();
  std::string body = encode_policy(content, layout);
  ApiCall call{"PUT", path_of("v2", id), Purpose::write, std::move(body), std::move(etag)};
  Result<Written> written = co_await write(std::move(call), PolicyContent());
  if (!written) co_return std::move(written).error().context("replacing policy " + id.value);
  co_return written;
}

Async<Written> HttpPolicyWriter::write(ApiCall call, PolicyContent wanted) {
  Result<WireReply> reply = co_await session_->call(std::move(call));
  if (!reply) co_return std::move(reply).error();
  if (reply->response.status == 409) co_return judge_rival(*reply, wanted);
  Result<Observed> policy = decode_policy(reply->response.body);
  if (!policy) co_return done_but_unread(std::move(policy).error(), *reply);
  Written written{versioned(*std::move(policy), *reply), reply->transaction_id};
  co_return written;
}

Async<std::string> HttpPolicyWriter::remove(PolicyId id) {
  ApiCall call{"DELETE", path_of("v2", id), Purpose::write};
  Result<WireReply> reply = co_await session_->call(std::move(call));
  if (!reply) co_return std::move(reply).error().context("deleting policy " + id.value);
  const int status = reply->response.status;
  if (status != kNoContent) {
    // IAM's status is 204 (iam-api §2): any other reply has no known meaning.
    Error error = with_reply(Error{ErrorCode::bad_response,
                                   "the reply is HTTP " + std::to_string(status) +
                                       ", where IAM's is 204: it may not be IAM that answers"},
                             *reply);
    error.detail.may_have_happened = true;
    co_return std::move(error).context("deleting policy " + id.value);
  }
  co_return std::move(reply->transaction_id);
}

Async<Written> HttpPolicyWriter::restore(PolicyId id, Etag etag) {
  if (etag.empty()) co_return without_etag();
  const std::string doing = "restoring policy " + id.value;
  ApiCall call{
      "PATCH", path_of("v1", id), Purpose::write, R"({"state":"active"})", std::move(etag)};
  Result<WireReply> patched = co_await session_->call(std::move(call));
  if (!patched) co_return std::move(patched).error().context(doing);
  Result<std::optional<Observed>> policy = decode_policy_v1(patched->response.body);
  if (!policy) co_return done_but_unread(std::move(policy).error(), *patched).context(doing);
  if (*policy) {
    Written written{versioned(std::move(**policy), *patched), patched->transaction_id};
    co_return written;
  }

  // v1 can restore a policy that only v2 can show, and answers with a placeholder: read it with v2.
  ApiCall read{"GET", path_of("v2", id)};
  Result<WireReply> shown = co_await session_->call(std::move(read));
  if (!shown) co_return done_but_unread(std::move(shown).error(), *patched).context(doing);
  Result<Observed> stored = decode_policy(shown->response.body);
  if (!stored) co_return done_but_unread(std::move(stored).error(), *patched).context(doing);
  Written written{versioned(*std::move(stored), *shown), patched->transaction_id};
  co_return written;
}

}  // namespace authzd
