// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/iam.hpp"

#include "daemon/iam/policy_reader.hpp"
#include "daemon/iam/policy_writer.hpp"
#include "daemon/iam/session.hpp"

#include <utility>

namespace authzd {

std::shared_ptr<Session> make_session(const IamOptions& options,
                                      const IamSeams& seams,
                                      ApiKey key) {
  auto pace = std::make_shared<Pace>(
      seams.clock, options.requests_per_second, seams.total, options.retry.budget);
  const Wire wire(seams.http, options.base_path, pace, seams.clock, seams.randomness, seams.log);
  auto source = std::make_unique<ApiKeyTokenSource>(std::move(key), wire);
  SessionOptions session{options.retry, seams.log};
  return std::make_shared<Session>(
      wire, std::move(pace), std::move(source), std::move(session), seams.clock, seams.randomness);
}

std::unique_ptr<PolicyReader> make_policy_reader(std::shared_ptr<Session> session,
                                                 const IamOptions& options) {
  return std::make_unique<HttpPolicyReader>(std::move(session), options.account, options.page_size);
}

std::unique_ptr<PolicyWriter> make_policy_writer(std::shared_ptr<Session> session) {
  return std::make_unique<HttpPolicyWriter>(std::move(session));
}

}  // namespace authzd
