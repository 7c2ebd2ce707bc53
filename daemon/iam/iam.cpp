// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/iam.hpp"

#include "daemon/iam/policy_reader.hpp"
#include "daemon/iam/policy_writer.hpp"
#include "daemon/iam/session.hpp"
#include "daemon/iam/token_sources.hpp"
#include "daemon/net/http_client.hpp"

#include <utility>

namespace authzd {
namespace {

// It is on the same host: waiting longer is pointless.
constexpr HttpLimits kMetadataLimits{.connect = std::chrono::seconds(3),
                                     .handshake = std::chrono::seconds(5),
                                     .read = std::chrono::seconds(10),
                                     .total = std::chrono::seconds(20),
                                     .max_body = 256U << 10U};

/// Makes the source of each kind of credential.
struct Make {
  const TokenWires& wires;
  const Clock& clock;

  std::unique_ptr<TokenSource> operator()(ApiKey key) const {
    return std::make_unique<ApiKeyTokenSource>(std::move(key), wires.iam);
  }
  std::unique_ptr<TokenSource> operator()(VpcInstanceAuth auth) const {
    return std::make_unique<VpcInstanceTokenSource>(std::move(auth), wires.metadata);
  }
  std::unique_ptr<TokenSource> operator()(ContainerTokenAuth auth) const {
    return std::make_unique<ContainerTokenSource>(
        std::move(auth), wires.iam, container_token_places());
  }
  std::unique_ptr<TokenSource> operator()(BearerTokenAuth auth) const {
    return std::make_unique<BearerFileTokenSource>(std::move(auth.file), clock);
  }
};

}  // namespace

Credential::Credential(const AuthConfig& auth)
    : assume_profile(auth.assume_profile), assume_named(auth.assume_named) {
  if (const auto* key = std::get_if<ApiKeyAuth>(&auth.base)) base = ApiKey{key->file, {}};
  if (const auto* vpc = std::get_if<VpcInstanceAuth>(&auth.base)) base = *vpc;
  if (const auto* container = std::get_if<ContainerTokenAuth>(&auth.base)) base = *container;
  if (const auto* bearer = std::get_if<BearerTokenAuth>(&auth.base)) base = *bearer;
}

Result<std::shared_ptr<HttpClient>> make_metadata_client(boost::asio::any_io_executor executor,
                                                         const Credential& credential) {
  const auto* vpc = std::get_if<VpcInstanceAuth>(&credential.base);
  if (vpc == nullptr) return std::shared_ptr<HttpClient>();
  HttpClientOptions options{.origin = vpc->endpoint, .concurrency = 1};
  options.limits = kMetadataLimits;
  auto client = make_http_client(std::move(executor), std::move(options));
  if (!client) return std::move(client).error().context("for auth.vpcInstance");
  return std::shared_ptr<HttpClient>(std::move(*client));
}

std::unique_ptr<TokenSource> make_token_source(Credential credential,
                                               const TokenWires& wires,
                                               const Clock& clock) {
  auto source = std::visit(Make{wires, clock}, std::move(credential.base));
  AssumedProfile profile{std::move(credential.assume_profile),
                         std::move(credential.assume_named),
                         std::move(credential.account)};
  if (profile.id_or_crn.empty() && profile.name.empty()) return source;
  return std::make_unique<AssumeProfileTokenSource>(
      std::move(source), std::move(profile), wires.iam);
}

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
  SessionOptions session{options.account, options.retry, seams.log, seams.resources};
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
