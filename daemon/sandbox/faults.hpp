// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Scripted faults: what a request that fits a rule meets instead of, or besides, its proper reply.
#pragma once

#include "daemon/net/http_server.hpp"
#include "reconciler/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd::sandbox {

struct Fault {
  std::string method = {};  // empty: any
  std::string path = {};    // regular expression sought in path and query; empty: any
  int skip = 0;             // requests that fit and pass before the first that does not
  int times = 1;            // how many it meets; 0: all
  bool perform = false;     // the request is carried out all the same: a lost reply after a write
  std::optional<int> status = {};  // replaces the reply, with IAM's own body unless `body` is set
  std::optional<std::string> body = {};
  HttpHeaders headers = {};  // replace those of the same name
  std::chrono::milliseconds delay{0};
  HttpReply::Cut cut = HttpReply::Cut::none;
  bool repeat_page = false;  // a list's `next` leads to the same page again; carried out
};

class Faults {
 public:
  /// Errors: invalid_config where `path` is no regular expression.
  Result<void> add(Fault fault);

  /// The first rule that fits and is due, counted as used.
  std::optional<Fault> meet(const std::string& method, const std::string& target);
  [[nodiscard]] std::size_t size() const { return faults_.size(); }
  void clear() { faults_.clear(); }

 private:
  std::vector<Fault> faults_;
};

}  // namespace authzd::sandbox
