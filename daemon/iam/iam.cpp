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
  const auto pace_of = [&](double per_second, std::shared_ptr<Pace> total) {
    return std::make_shared<Pace>(seams.clock, per_second, std::move(total), options.retry.budget);
  };
  const auto wire_to = [&](HttpClient& http, const std::string& path, std::shared_ptr<Pace> pace) {
    return Wire(http, path, std::move(pace), seams.clock, seams.randomness, seams.log);
  };
  auto pace = pace_of(options.requests_per_second, seams.total);
  const Wire iam = wire_to(seams.http, options.base_path, pace);
  const auto tokens = seams.tokens ? seams.tokens : pace;
  TokenWires wires{wire_to(seams.http, options.base_path, tokens), {}};
  if (seams.metadata) {
    // It is on this host, and has none of IAM's limits.
    wires.metadata = {seams.metadata, wire_to(*seams.metadata, "", pace_of(0, nullptr))};
  }
  auto source = make_token_source(std::move(credential), wires, seams.clock);
  const Wire resources =
      wire_to(seams.resources ? *seams.resources : seams.http, options.resources_path, pace);
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
