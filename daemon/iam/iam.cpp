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
                                      Credential credential) {
  auto pace = std::make_shared<Pace>(
      seams.clock, options.requests_per_second, seams.total, options.retry.budget);
  const auto wire_to = [&](HttpClient& http, const std::string& base_path) {
    return Wire(http, base_path, pace, seams.clock, seams.randomness, seams.log);
  };
  const Wire iam = wire_to(seams.http, options.base_path);
  TokenWires wires{iam, {}};
  if (seams.metadata) wires.metadata = {seams.metadata, wire_to(*seams.metadata, "")};
  auto source = make_token_source(std::move(credential), wires, seams.clock);
  const Wire resources =
      wire_to(seams.resources ? *seams.resources : seams.http, options.resources_path);
  SessionOptions session{options.retry, seams.log, seams.resources};
  return std::make_shared<Session>(iam,
                                   resources,
                                   std::move(pace),
                                   std::move(source),
                                   std::move(session),
                                   seams.clock,
                                   seams.randomness);
}

std::unique_ptr<PolicyReader> make_policy_reader(std::shared_ptr<Session> session,
                                                 const IamOptions& options) {
  const ListingOptions list{
      options.account, options.page_size, options.list_patience, options.lists};
  return std::make_unique<HttpPolicyReader>(std::move(session), list);
}

std::unique_ptr<PolicyWriter> make_policy_writer(std::shared_ptr<Session> session) {
  return std::make_unique<HttpPolicyWriter>(std::move(session));
}

}  // namespace authzd
