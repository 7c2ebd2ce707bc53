// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Instances by name, from the Resource Controller: with the token, pace and retries of IAM's calls.
#pragma once

#include "daemon/iam/session.hpp"
#include "daemon/net/async.hpp"
#include "reconciler/model/instance.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

class InstanceReader {
 public:
  explicit InstanceReader(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  /// As PolicyReader::instances. Results are cached for 10 minutes, empty ones for 1.
  Async<std::vector<Instance>> find(std::string name);

 private:
  struct Found {
    std::vector<Instance> instances;
    TokenBucket::Time until;
  };

  Async<std::vector<Instance>> read(std::string name);

  std::shared_ptr<Session> session_;
  std::map<std::string, Found> found_;  // by name
};

}  // namespace authzd
