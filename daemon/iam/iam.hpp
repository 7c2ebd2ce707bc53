// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The entry point of this folder: an account's credential (design §7), and one session per account,
// with a reader, and with a writer only on request. Planning gets no session, and so cannot get a
// writer.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/iam/list_pages.hpp"
#include "daemon/iam/pace.hpp"
#include "daemon/iam/token_sources.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "reconciler/retry/retry.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace authzd {

class Session;

/// How an account gets its tokens, as a value: from the configuration, or an API key that was
/// passed in.
struct Credential {
  Credential() = default;
  Credential(ApiKey key) : base(std::move(key)) {}  // NOLINT(*-explicit-*): the common case
  explicit Credential(const AuthConfig& auth);

  std::variant<ApiKey, VpcInstanceAuth, ContainerTokenAuth, BearerTokenAuth> base;
  std::string assume_profile;     // id or CRN of a trusted profile to assume next; empty: none
  std::string assume_named = {};  // or its name in `account`
  AccountId account = {};         // of that profile
};

/// A client of the metadata service; null if the credential does not need one. It never uses a
/// proxy. Errors: those of make_http_client.
Result<std::shared_ptr<HttpClient>> make_metadata_client(boost::asio::any_io_executor executor,
                                                         const Credential& credential);

/// The wires of the sources.
struct TokenWires {
  Wire iam;
  std::optional<MetadataService> metadata = {};  // only if the credential needs it
};

/// `clock` must outlive the source.
std::unique_ptr<TokenSource> make_token_source(Credential credential,
                                               const TokenWires& wires,
                                               const Clock& clock);

struct IamOptions {
  AccountId account;
  std::string base_path = {};                        // of the endpoint's URL; often empty
  std::string resources_path = {};                   // the same of the Resource Controller's
  std::size_t page_size = 100;                       // of a list; 0: all in one reply
  std::chrono::milliseconds list_patience{120'000};  // for a whole list
  double requests_per_second = kRequestsPerSecond;   // 0: no limit
  std::shared_ptr<ListRoom> lists = {};              // of all accounts; null: no limit
  RetryPolicy retry = {};
};

/// What a session borrows; all of it must outlive the session, its reader and its writer.
struct IamSeams {
  HttpClient& http;  // to the endpoint of IAM
  Clock& clock;
  Randomness& randomness;
  std::shared_ptr<Pace> total = {};   // of all accounts; null: no limit
  std::shared_ptr<Pace> tokens = {};  // of the token endpoint; null: the account's own
  Log log = {};
  std::shared_ptr<HttpClient> metadata = {};   // see make_metadata_client; shared with the session
  std::shared_ptr<HttpClient> resources = {};  // to the Resource Controller; null: same as `http`
};

std::shared_ptr<Session> make_session(const IamOptions& options,
                                      const IamSeams& seams,
                                      Credential credential);

std::unique_ptr<PolicyReader> make_policy_reader(std::shared_ptr<Session> session,
                                                 const IamOptions& options);
std::unique_ptr<PolicyWriter> make_policy_writer(std::shared_ptr<Session> session);

}  // namespace authzd
