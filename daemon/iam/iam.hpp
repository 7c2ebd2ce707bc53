// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The entry point of this folder: one session per account, with a reader, and with a writer only on
// request. Planning gets no session, and so cannot get a writer.
#pragma once

#include "daemon/iam/credential.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/iam/list_memory.hpp"
#include "daemon/iam/pace.hpp"
#include "daemon/log.hpp"
#include "reconciler/retry/retry.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace authzd {

class Session;

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
