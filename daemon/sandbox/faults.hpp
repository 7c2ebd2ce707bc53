// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Scripted faults: what a matching request gets instead of, or in addition to, its proper reply.
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
  std::string method = {};         // empty: any
  std::string path = {};           // regular expression for path and query; empty: any
  int skip = 0;                    // matching requests that pass before the first fault
  int times = 1;                   // how many requests it affects; 0: all
  bool perform = false;            // the request is still performed: a lost reply after a write
  std::optional<int> status = {};  // replaces the reply, with IAM's own body unless `body` is set
  std::optional<std::string> body = {};
  HttpHeaders headers = {};  // replace those with the same name
  std::chrono::milliseconds delay{0};
  HttpReply::Cut cut = HttpReply::Cut::none;
  bool repeat_page = false;  // a list's `next` leads to the same page again; performed
};

class Faults {
 public:
  /// Errors: invalid_config if `path` is not a regular expression.
  Result<void> add(Fault fault);

  /// The first rule that matches and is due, counted as used.
  std::optional<Fault> meet(const std::string& method, const std::string& target);
  [[nodiscard]] std::size_t size() const { return faults_.size(); }
  void clear() { faults_.clear(); }

 private:
  std::vector<Fault> faults_;
};

}  // namespace authzd::sandbox
