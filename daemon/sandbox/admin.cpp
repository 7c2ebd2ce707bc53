// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/admin.hpp"

#include "daemon/sandbox/policy_format.hpp"
#include "daemon/sandbox/seed.hpp"
#include "daemon/sandbox/service_parts.hpp"

#include <algorithm>
#include <utility>

namespace authzd::sandbox {
namespace {

using Parts = SandboxService::Parts;

HttpResponse refusal(int status, const std::string& message) {
  return json_reply(status, {{"error", message}});
}

template <class T>
HttpResponse done_or_refused(const Result<T>& result) {
  return result ? HttpResponse{204} : refusal(400, result.error().message);
}

int int_of(const Json& json, std::string_view name, int standard) {
  const Json* found = member(json, name);
  return found != nullptr && found->is_number_integer() ? found->get<int>() : standard;
}

bool flag_of(const Json& json, std::string_view name) {
  const Json* found = member(json, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

Fault fault_of(const Json& json) {
  Fault fault;
  fault.method = text_of(json, "method");
  fault.path = text_of(json, "path");
  fault.skip = int_of(json, "skip", 0);
  fault.times = int_of(json, "times", 1);
  fault.perform = flag_of(json, "perform");
  fault.repeat_page = flag_of(json, "repeat_page");
  fault.delay = std::chrono::milliseconds(int_of(json, "delay_ms", 0));
  if (const int status = int_of(json, "status", 0); status != 0) fault.status = status;
  if (const Json* body = member(json, "body")) {
    fault.body = body->is_string() ? body->get<std::string>() : dump(*body);
  }
  if (const Json* headers = member(json, "headers"); headers != nullptr && headers->is_object()) {
    for (const auto& [name, value] : headers->items()) {
      fault.headers.push_back({name, value.is_string() ? value.get<std::string>() : dump(value)});
    }
  }
  const std::string cut = text_of(json, "cut");
  if (cut == "before_reply") fault.cut = HttpReply::Cut::before_reply;
  if (cut == "in_body") fault.cut = HttpReply::Cut::in_body;
  return fault;
}

HttpResponse add_faults(SandboxService& service, const Json& body) {
  const Json list = body.is_array() ? body : Json::array({body});
  for (const Json& each : list) {
    if (!each.is_object()) return refusal(400, "a fault is an object");
    const auto done = service.inject(fault_of(each));
    if (!done) return refusal(400, done.error().message);
  }
  return HttpResponse{204};
}

HttpResponse set_switches(SandboxService& service, const Json& body) {
  if (!body.is_object()) return refusal(400, "switches are set as {\"name\": \"value\"}");
  for (const auto& [name, value] : body.items()) {
    const auto done = service.set(name, value.is_string() ? value.get<std::string>() : dump(value));
    if (!done) return refusal(400, done.error().message);
  }
  return HttpResponse{204};
}

HttpResponse show_switches(const World& world) {
  Json body;
  for (const SwitchInfo& info : Switches::all()) {
    body[std::string(info.name)] = world.switches.text(info.id);
  }
  return json_reply(200, body);
}

HttpResponse show_log(const Parts& parts) {
  Json list = Json::array();
  for (const LoggedRequest& each : parts.log) {
    list.push_back({{"method", each.method},
                    {"target", each.target},
                    {"status", each.status},
                    {"wrote", each.wrote},
                    {"faulted", each.faulted},
                    {"transaction_id", each.transaction_id}});
    if (!each.warning.empty()) list.back()["warning"] = each.warning;
  }
  return json_reply(200, {{"requests", std::move(list)}});
}

HttpResponse show_counters(const Counters& counters) {
  return json_reply(200,
                    {{"requests", counters.requests},
                     {"tokens", counters.tokens},
                     {"unsafe", counters.unsafe},
                     {"writes", counters.writes}});
}

HttpResponse show_policies(const World& world) {
  Json list = Json::array();
  const ViewOptions options{ApiVersion::v2, false, true, world.base_url, {}};
  for (const Policy& policy : world.store.all()) {
    list.push_back(view_policy(policy, options, world.switches));
  }
  return json_reply(200, {{"policies", std::move(list)}});
}

// When a source or target instance is removed, a switch decides about its policies.
HttpResponse remove_instance(World& world, const std::string& instance, Timestamp now) {
  std::erase_if(world.instances, [&](const ResourceInstance& one) { return one.guid == instance; });
  if (world.switches.is(Switch::orphans, "linger")) return HttpResponse{204};
  for (const Policy& policy : world.store.all()) {
    const bool named = attr_text(policy.body.subject, "serviceInstance") == instance ||
                       attr_text(policy.body.resource, "serviceInstance") == instance;
    if (named && !policy.deleted) world.store.set_deleted(policy.id, true, {"iam", now});
  }
  return HttpResponse{204};
}

HttpResponse edit(World& world, const Call& call, const Json& body) {
  const auto done = edit_policy(world, call.target.path[3], body, call.now);
  return done ? HttpResponse{204} : refusal(done.error().status, done.error().message);
}

HttpResponse get_admin(const Parts& parts, const std::string& what) {
  if (what == "log") return show_log(parts);
  if (what == "counters") return show_counters(parts.counters);
  if (what == "switches") return show_switches(parts.world);
  if (what == "policies") return show_policies(parts.world);
  return refusal(404, "no such endpoint; see daemon/docs/sandbox.md");
}

}  // namespace

Outcome<void> edit_policy(World& world, const std::string& id, const Json& change, Timestamp now) {
  const Policy* old = world.store.find(id, now);
  if (old == nullptr)
    return refuse(404, "policy_not_found", "Policy with Id " + id + " not found.");
  if (!change.is_object()) return refuse_body("an edit is a JSON object");

  const std::string as = text_of(change, "as");
  const Stamp stamp{as.empty() ? "IBMid-by-hand" : as, now};
  Json shown = view_policy(*old, {}, world.switches);
  bool body_changes = false;
  for (const char* name : {"description", "subject", "resource", "control"}) {
    if (const Json* value = member(change, name)) {
      shown[name] = *value;
      body_changes = true;
    }
  }
  if (body_changes) {
    auto body = decode_policy(shown, ApiVersion::v2);
    if (!body) return tl::unexpected(std::move(body).error());
    world.store.replace(id, std::move(*body), stamp);
  }
  if (const Json* made_from = member(change, "template")) {
    world.store.set_template(id, *made_from, stamp);
  }
  const std::string state = text_of(change, "state");
  if (!state.empty()) world.store.set_deleted(id, state == "deleted", stamp);
  if (const auto used = parse_rfc3339(text_of(change, "used"))) world.store.set_used(id, *used);
  return {};
}

HttpResponse serve_admin(SandboxService& service, Parts& parts, Call& call) {
  const auto& path = call.target.path;
  if (path.size() < 3 || path[1] != "v1") return get_admin(parts, {});
  const std::string& what = path[2];
  const std::string& method = call.request.method;
  if (method == "GET") return get_admin(parts, what);

  const Json body = Json::parse(call.request.body, nullptr, false);
  if (what == "faults" && method == "DELETE") {
    service.clear_faults();
    return HttpResponse{204};
  }
  if (what == "faults") return add_faults(service, body);
  if (what == "switches") return set_switches(service, body);
  if (what == "policies" && path.size() == 4) return edit(parts.world, call, body);
  if (what == "instances" && path.size() == 3) {
    return done_or_refused(put_instance(parts.world, body));
  }
  if (what == "instances" && path.size() == 4)
    return remove_instance(parts.world, path[3], call.now);
  if (what == "reset") return done_or_refused(service.reset(call.now));
  if (what == "clock") {
    service.set_clock_offset(std::chrono::milliseconds(int_of(body, "offset_ms", 0)));
    return HttpResponse{204};
  }
  if (what == "tokens" && method == "DELETE") {
    service.revoke_tokens();
    return HttpResponse{204};
  }
  if (what == "api_keys") {
    const std::string from = text_of(body, "from");
    const std::string to = text_of(body, "to");
    if (to.empty())
      return refusal(400, "\"to\" is missing: the key that takes the place of \"from\"");
    if (!service.rotate_key(from, to)) return refusal(404, "there is no key like \"from\"");
    return HttpResponse{204};
  }
  return refusal(404, "no such endpoint; see daemon/docs/sandbox.md");
}

}  // namespace authzd::sandbox
