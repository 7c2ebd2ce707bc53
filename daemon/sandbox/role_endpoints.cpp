// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// /v2/roles: the catalogue, and custom roles (iam-api §4).
#include "daemon/sandbox/policy_format.hpp"
#include "daemon/sandbox/world.hpp"

#include <algorithm>
#include <utility>

namespace authzd::sandbox {
namespace {

constexpr std::size_t kMaxCustomRoles = 40;

HttpResponse role_reply(int status, const CustomRole& role) {
  return json_reply(status, role.shown, role.etag);
}

std::vector<const RoleInfo*> known_roles(const World& world, Call& call) {
  const auto& query = call.target.query;
  const std::string service = param(query, "service_name");
  const std::string group = param(query, "service_group_id");
  if (!group.empty()) return roles_of_group(group);
  if (param(query, "policy_type") != "authorization") return roles_of_service(service);
  return offered_roles(world, call, param(query, "source_service_name"), service);
}

/// The reply of the gateway in front of IAM on a private network (iam-api §1).
HttpResponse gateway_page() {
  return {404,
          {{"Content-Type", "text/html"}},
          "<html><body><h1>404</h1><p>An 404 error occurred in iam-gateway</p></body></html>"};
}

Reply list_roles(const World& world, Call& call) {
  const auto& query = call.target.query;
  const bool is_private = !world.switches.is(Switch::private_endpoint, "no");
  if (is_private && (query.contains("source_service_name") ||
                     world.switches.is(Switch::private_endpoint, "no-roles"))) {
    return gateway_page();
  }
  const std::string service = param(query, "service_name");
  const std::string group = param(query, "service_group_id");
  if (!service.empty() && !group.empty()) {
    return refuse(400, "invalid_body", "Give service_name or service_group_id, not both.");
  }
  const auto known = known_roles(world, call);
  Json body = {{"custom_roles", Json::array()},
               {"service_roles", Json::array()},
               {"system_roles", Json::array()}};
  for (const RoleInfo* role : known) {
    const bool system = is_system_role(*role, world.crns());
    body[system ? "system_roles" : "service_roles"].push_back(role_json(*role, world.crns()));
  }
  const std::string account = param(query, "account_id");
  for (const CustomRole& role : world.roles) {
    const bool here = role.account == account && account == call.caller.account;
    if (here && (service.empty() || role.service == service)) {
      body["custom_roles"].push_back(role.shown);
    }
  }
  return json_reply(200, body);
}

bool is_list_of_text(const Json* json) {
  return json != nullptr && json->is_array() && !json->empty() &&
         std::all_of(json->begin(), json->end(), [](const Json& each) { return each.is_string(); });
}

Outcome<void> check_actions(const World& world,
                            const Call& call,
                            const Json& body,
                            const std::string& except) {
  if (text_of(body, "display_name").empty() || !is_list_of_text(member(body, "actions"))) {
    return refuse_body();
  }
  for (const CustomRole& role : world.roles) {
    if (role.account != call.caller.account || text_of(role.shown, "id") == except) continue;
    if (role.shown.at("actions") == body.at("actions") ||
        text_of(role.shown, "name") == text_of(body, "name")) {
      return refuse(409, "role_conflict_error", "A role with that name or those actions exists.");
    }
  }
  return {};
}

Reply create_role(World& world, Call& call) {
  auto body = json_body(call);
  if (!body) return tl::unexpected(std::move(body).error());
  const std::string name = text_of(*body, "name");
  const std::string service = text_of(*body, "service_name");
  if (name.empty() || service.empty()) return refuse_body();
  if (text_of(*body, "account_id") != call.caller.account || !call.caller.may_write) {
    return refuse(403, world.switches.text(Switch::forbidden_code), "You may not make roles.");
  }
  if (auto done = check_actions(world, call, *body, {}); !done) return tl::unexpected(done.error());
  const auto held = std::count_if(world.roles.begin(), world.roles.end(), [&](const auto& role) {
    return role.account == call.caller.account;
  });
  if (static_cast<std::size_t>(held) >= kMaxCustomRoles) {
    return refuse(422, world.switches.text(Switch::quota_code), "Exceeded maximum custom roles.");
  }

  call.wrote = true;
  CustomRole role{{}, call.caller.account, service, 1, make_etag(1, world.random)};
  const std::string id = make_uuid(world.random);
  role.shown = {{"id", id}, {"name", name}};
  for (const char* same : {"display_name", "description", "actions"}) {
    if (const Json* value = member(*body, same)) role.shown[same] = *value;
  }
  role.shown["crn"] =
      "crn:v1:ibmcloud:public:iam-access-management::a/" + role.account + "::customRole:" + name;
  role.shown["account_id"] = role.account;
  role.shown["service_name"] = service;
  role.shown["created_at"] = role.shown["last_modified_at"] = iam_time(call.now);
  role.shown["created_by_id"] = role.shown["last_modified_by_id"] = call.caller.iam_id;
  role.shown["href"] = world.base_url + "/v2/roles/" + id;
  world.roles.push_back(std::move(role));
  return role_reply(201, world.roles.back());
}

Reply replace_role(World& world, Call& call, CustomRole& role) {
  auto body = json_body(call);
  if (!body) return tl::unexpected(std::move(body).error());
  const std::string id = text_of(role.shown, "id");
  if (auto done = check_actions(world, call, *body, id); !done) return tl::unexpected(done.error());
  if (auto done = check_if_match(call, role.etag, world.switches); !done) {
    return tl::unexpected(done.error());
  }

  call.wrote = true;
  for (const char* same : {"display_name", "description", "actions"}) {
    if (const Json* value = member(*body, same)) role.shown[same] = *value;
  }
  role.shown["last_modified_at"] = iam_time(call.now);
  role.shown["last_modified_by_id"] = call.caller.iam_id;
  role.etag = make_etag(++role.generation, world.random);
  return role_reply(200, role);
}

}  // namespace

std::vector<const RoleInfo*> offered_roles(const World& world,
                                           Call& call,
                                           const std::string& source,
                                           const std::string& target) {
  PairRoles pair = roles_of_pair(source, target);
  if (pair.is_documented) return std::move(pair.roles);
  if (world.switches.is(Switch::role_check, "strict")) return {};
  if (!pair.roles.empty()) {
    call.warning = "IBM documents no authorization of " +
                   (source.empty() ? "any service" : source) + " for " + target +
                   ": all roles of " + target +
                   " are offered here; IAM itself may refuse them, as the switch "
                   "role-check=strict does";
  }
  return std::move(pair.roles);
}

Json find_any_role(const World& world, const std::string& crn) {
  if (const RoleInfo* role = find_role(crn, world.crns())) return role_json(*role, world.crns());
  for (const CustomRole& role : world.roles) {
    if (text_of(role.shown, "crn") == crn) return role.shown;
  }
  return nullptr;
}

Reply serve_roles(World& world, Call& call) {
  const std::string& method = call.request.method;
  if (call.target.path.size() == 2 && method == "GET") return list_roles(world, call);
  if (call.target.path.size() == 2 && method == "POST") return create_role(world, call);
  if (call.target.path.size() != 3) return refuse(404, "not_found", "The resource was not found.");

  const std::string& id = call.target.path[2];
  const auto found = std::find_if(world.roles.begin(), world.roles.end(), [&](const auto& role) {
    return text_of(role.shown, "id") == id && role.account == call.caller.account;
  });
  if (found == world.roles.end()) {
    return refuse(404, "role_not_found", "Role with Id " + id + " not found.");
  }
  if (method == "GET") return role_reply(200, *found);
  if (method == "PUT") return replace_role(world, call, *found);
  if (method == "DELETE") {
    call.wrote = true;
    world.roles.erase(found);
    return HttpResponse{204};
  }
  return refuse(404, "not_found", "The resource was not found.");
}

}  // namespace authzd::sandbox
