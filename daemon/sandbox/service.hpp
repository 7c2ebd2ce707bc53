// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The sandbox as one object: a request goes in, a reply comes out, or a scripted fault. It has no
// socket and no clock; tests call it directly, and daemon/net's HTTP server calls it for real
// clients.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/net/http_server.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/time.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::sandbox {

/// A scripted fault: what a matching request gets instead of, or in addition to, its proper reply.
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

/// A reply that may be delayed before it is sent.
struct SandboxReply : HttpReply {
  std::chrono::milliseconds delay{0};
};

struct LoggedRequest {
  std::string method;
  std::string target;
  int status = 0;      // 0: the connection was cut before a reply
  bool wrote = false;  // a policy or a role changed
  bool faulted = false;
  std::string transaction_id;
  std::string warning;  // how IAM itself may differ; else empty
};

struct Counters {
  std::size_t requests = 0;  // all but those to the admin endpoint
  std::size_t tokens = 0;    // to /identity/token and the metadata service
  std::size_t unsafe = 0;    // neither GET nor a token: a dry run must never send these
  std::size_t writes = 0;    // that changed something
};

class SandboxService {
 public:
  /// `random` must outlive this.
  explicit SandboxService(Randomness& random);
  ~SandboxService();
  SandboxService(SandboxService&&) = delete;
  SandboxService& operator=(SandboxService&&) = delete;

  /// Replaces everything by the seed's content; switches and faults remain.
  /// Errors: invalid_config with the position (file:line:column, or the JSON path) and the reason.
  Result<void> seed(std::string_view json, const std::string& file, Timestamp now);

  SandboxReply handle(const HttpRequest& request, Timestamp now);

  // For tests; the admin endpoint under /sandbox/v1 offers the same to other processes.
  Result<void> set(std::string_view name, std::string_view value);
  Result<void> inject(Fault fault);
  void clear_faults();
  void revoke_tokens();
  /// Replaces the API key `from` by `to`, with the same caller; its tokens remain valid.
  [[nodiscard]] bool rotate_key(const std::string& from, const std::string& to);
  void set_clock_offset(std::chrono::milliseconds offset);  // of the Date header
  /// Changes a policy manually: `json` as in `POST /sandbox/v1/policies/{id}`.
  Result<void> edit(const std::string& id, std::string_view json, Timestamp now);
  /// Back to the seed, without faults, log and counters.
  Result<void> reset(Timestamp now);

  [[nodiscard]] const std::vector<LoggedRequest>& log() const;
  void forget_log();
  [[nodiscard]] Counters counters() const;

  /// The address in every href; default: IAM's own.
  void set_base_url(std::string url);
  /// Whether /sandbox/v1 answers: not if other hosts could reach it.
  void allow_admin(bool allowed);
  void on_request(std::function<void(const LoggedRequest&)> listener);

  struct Parts;  // of the implementation

 private:
  std::unique_ptr<Parts> parts_;
};

/// For `HttpServer::serve`. `service` and `clock` must outlive it.
HttpHandler handler_of(SandboxService& service, Clock& clock);

/// "http://127.0.0.1:8080": the server's address for clients.
std::string url_of(const HttpServerOptions& options, const HttpServer& server);

}  // namespace authzd::sandbox
