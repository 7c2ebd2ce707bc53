// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/service.hpp"

#include "daemon/sandbox/admin.hpp"
#include "daemon/sandbox/http_text.hpp"
#include "daemon/sandbox/seed.hpp"
#include "daemon/sandbox/service_parts.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <regex>
#include <utility>

namespace authzd::sandbox {
namespace {

bool fits(const Fault& fault, const std::string& method, const std::string& target) {
  if (!fault.method.empty() && fault.method != method) return false;
  return fault.path.empty() || std::regex_search(target, std::regex(fault.path));
}

}  // namespace

Result<void> Faults::add(Fault fault) {
  try {
    const std::regex check(fault.path);
  } catch (const std::regex_error& error) {
    return Error{ErrorCode::invalid_config,
                 "\"" + printable(fault.path) + "\" is no regular expression: " + error.what()};
  }
  faults_.push_back(std::move(fault));
  return {};
}

std::optional<Fault> Faults::meet(const std::string& method, const std::string& target) {
  for (auto each = faults_.begin(); each != faults_.end(); ++each) {
    if (!fits(*each, method, target)) continue;
    if (each->skip > 0) {
      --each->skip;
      continue;
    }
    const Fault met = *each;
    if (each->times > 0 && --each->times == 0) faults_.erase(each);
    return met;
  }
  return std::nullopt;
}

namespace {

bool is_token_path(const Target& target) {
  return target.path.size() == 2 && target.path[0] == "identity" && target.path[1] == "token";
}

// The profiles that the holder of a token may assume (iam-api §13): here all that there are.
bool is_profiles_path(const Target& target) {
  return target.path.size() == 2 && target.path[0] == "identity" && target.path[1] == "profiles";
}

// Each version of the metadata service has its own paths (iam-api §7.2).
bool is_metadata_path(const World& world, const Call& call) {
  const auto& path = call.target.path;
  if (path.size() != 3 || path[1] != "v1") return false;
  const bool is_2022 =
      path[0] == "instance_identity" && (path[2] == "token" || path[2] == "iam_token");
  const bool is_2025 = path[0] == "identity" && (path[2] == "token" || path[2] == "iam_tokens");
  const std::string& served = world.switches.text(Switch::metadata_paths);
  return (is_2022 && served != "2025" && served != "none") ||
         (is_2025 && served != "2022" && served != "none");
}

Reply serve(World& world, Call& call) {
  const auto& path = call.target.path;
  if (is_token_path(call.target)) return serve_token(world, call);
  if (is_profiles_path(call.target) && call.request.method == "POST") {
    return serve_profiles(world, call);
  }
  if (is_metadata_path(world, call)) return serve_metadata(world, call);

  if (path.size() > 1 && (path[0] == "instance_identity" || path[0] == "identity")) {
    return refuse(404, "not_found", "The resource was not found.");
  }
  const auto caller =
      world.identities.of_token(find_header(call.request.headers, "Authorization"), call.now);
  if (!caller) return refuse(401, "invalid_token", "The provided IAM token is invalid.");
  call.caller = *caller;
  const bool policies = path.size() >= 2 && path[1] == "policies";
  if (policies && path[0] == "v1") return serve_policies(world, call, ApiVersion::v1);
  if (policies && path[0] == "v2") return serve_policies(world, call, ApiVersion::v2);
  if (path.size() >= 2 && path[0] == "v2" && path[1] == "roles") return serve_roles(world, call);
  if (path.size() >= 2 && path[0] == "v2" && path[1] == "resource_instances") {
    return serve_instances(world, call);
  }
  return refuse(404, "not_found", "The resource was not found.");
}

HttpResponse problem_reply(const Problem& problem, const std::string& trace) {
  return {problem.status,
          {{"Content-Type", "application/json; charset=utf-8"}},
          problem_body(problem, trace)};
}

void put_header(HttpHeaders& headers, const HttpHeader& header) {
  std::erase_if(headers, [&](const HttpHeader& each) { return iequals(each.name, header.name); });
  headers.push_back(header);
}

// The headers of every reply of IAM (iam-api §1).
void add_common_headers(HttpResponse& response, const std::string& trace, Timestamp date) {
  const HttpHeader common[] = {
      {"Transaction-Id", trace},
      {"Date", http_date(date)},
      {"Cache-Control", "no-cache,no-store"},
      {"Expires", "Thursday, 1 January 1970 00:00:00 GMT"},
      {"Pragma", "no-cache"},
      {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
  };
  for (const HttpHeader& each : common) put_header(response.headers, each);
}

void add_retry_after(HttpResponse& response, const Switches& switches, Timestamp now) {
  if (switches.is(Switch::retry_after, "seconds")) {
    response.headers.push_back({"Retry-After", "1"});
  } else if (switches.is(Switch::retry_after, "date")) {
    response.headers.push_back({"Retry-After", http_date(now + std::chrono::seconds(1))});
  }
}

// The reply that replaces the proper one, for a fault.
HttpResponse faulted_reply(const Fault& fault,
                           HttpResponse proper,
                           const Switches& switches,
                           const std::string& trace,
                           Timestamp now) {
  HttpResponse response = std::move(proper);
  if (fault.status) {
    response = problem_reply(problem_of_status(*fault.status), trace);
    if (*fault.status == 429) add_retry_after(response, switches, now);
  }
  if (fault.body) response.body = *fault.body;
  for (const HttpHeader& each : fault.headers) put_header(response.headers, each);
  return response;
}

bool is_admin_path(const Target& target) {
  return !target.path.empty() && target.path[0] == "sandbox";
}

std::string trace_of(const HttpRequest& request, Randomness& random) {
  const std::string_view given = find_header(request.headers, "Transaction-Id");
  return given.empty() ? random.hex(32) : std::string(given);
}

}  // namespace

SandboxService::SandboxService(Randomness& random) : parts_(std::make_unique<Parts>(random)) {}
SandboxService::~SandboxService() = default;

Result<void> SandboxService::seed(std::string_view json, const std::string& file, Timestamp now) {
  if (auto done = apply_seed(parts_->world, json, file, now); !done) return done;
  parts_->seed_text = std::string(json);
  parts_->seed_file = file;
  return {};
}

SandboxReply SandboxService::handle(const HttpRequest& request, Timestamp now) {
  Parts& parts = *parts_;
  Call call{request, parse_target(request.target), now};
  if (is_admin_path(call.target) && parts.admin_allowed) {
    SandboxReply reply;
    reply.response = serve_admin(*this, parts, call);
    return reply;
  }

  const std::string trace = trace_of(request, parts.world.random);
  const auto fault = parts.faults.meet(request.method, request.target);
  call.repeat_page = fault && fault->repeat_page;
  const bool replaced = fault && !fault->perform && !fault->repeat_page &&
                        (fault->status || fault->cut == HttpReply::Cut::before_reply);
  HttpResponse response;
  if (!replaced) {
    auto served = serve(parts.world, call);
    response = served ? std::move(*served) : problem_reply(served.error(), trace);
  }
  SandboxReply reply;
  reply.delay = call.takes;
  if (fault) {
    response = faulted_reply(*fault, std::move(response), parts.world.switches, trace, now);
    reply.cut = fault->cut;
    reply.delay += fault->delay;
  }
  add_common_headers(response, trace, now + parts.clock_offset);
  reply.response = std::move(response);
  const bool unseen = reply.cut == HttpReply::Cut::before_reply;
  parts.record({request.method,
                request.target,
                unseen ? 0 : reply.response.status,
                call.wrote,
                fault.has_value(),
                trace,
                call.warning},
               is_token_path(call.target) || is_profiles_path(call.target) ||
                   is_metadata_path(parts.world, call));
  return reply;
}

Result<void> SandboxService::set(std::string_view name, std::string_view value) {
  return parts_->world.switches.set(name, value);
}

Result<void> SandboxService::inject(Fault fault) {
  return parts_->faults.add(std::move(fault));
}
void SandboxService::clear_faults() {
  parts_->faults.clear();
}
void SandboxService::revoke_tokens() {
  parts_->world.identities.revoke_all();
}
bool SandboxService::rotate_key(const std::string& from, const std::string& to) {
  return parts_->world.identities.rotate_key(from, to);
}
void SandboxService::set_clock_offset(std::chrono::milliseconds offset) {
  parts_->clock_offset = offset;
}

Result<void> SandboxService::edit(const std::string& id, std::string_view json, Timestamp now) {
  const Json change = Json::parse(json, nullptr, false);
  auto done = edit_policy(parts_->world, id, change, now);
  if (!done) return Error{ErrorCode::invalid_config, done.error().message};
  return {};
}

Result<void> SandboxService::reset(Timestamp now) {
  parts_->faults.clear();
  parts_->log.clear();
  parts_->counters = {};
  parts_->clock_offset = {};
  parts_->world.roles.clear();
  parts_->world.instances.clear();
  parts_->world.store.clear();
  parts_->world.identities.clear();
  if (parts_->seed_text.empty()) return {};
  return apply_seed(parts_->world, parts_->seed_text, parts_->seed_file, now);
}

const std::vector<LoggedRequest>& SandboxService::log() const {
  return parts_->log;
}
void SandboxService::forget_log() {
  parts_->log.clear();
}
Counters SandboxService::counters() const {
  return parts_->counters;
}
void SandboxService::set_base_url(std::string url) {
  parts_->world.base_url = std::move(url);
}
void SandboxService::allow_admin(bool allowed) {
  parts_->admin_allowed = allowed;
}
void SandboxService::on_request(std::function<void(const LoggedRequest&)> listener) {
  parts_->listener = std::move(listener);
}

namespace {

// The handler owns nothing: both outlive the server.
boost::asio::awaitable<HttpReply> answer(SandboxService& service,
                                         Clock& clock,
                                         HttpRequest request) {
  SandboxReply reply = service.handle(request, clock.now());
  if (reply.delay.count() > 0) co_await clock.sleep(reply.delay);
  co_return std::move(reply);
}

}  // namespace

HttpHandler handler_of(SandboxService& service, Clock& clock) {
  return [&service, &clock](HttpRequest request) {
    return answer(service, clock, std::move(request));
  };
}

std::string url_of(const HttpServerOptions& options, const HttpServer& server) {
  const bool v6 = options.address.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + options.address + "]" : options.address;
  const std::string scheme = options.certificate_file.empty() ? "http://" : "https://";
  return scheme + host + ":" + std::to_string(server.port());
}

}  // namespace authzd::sandbox
