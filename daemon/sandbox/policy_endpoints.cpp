// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// /v1/policies and /v2/policies: one store behind both.
#include "daemon/sandbox/policy.hpp"
#include "daemon/sandbox/policy_format.hpp"
#include "daemon/sandbox/world.hpp"

#include <algorithm>
#include <utility>

namespace authzd::sandbox {
namespace {

ViewOptions view_options(const World& world, const Call& call, ApiVersion version) {
  const std::string format = param(call.target.query, "format");
  return {version,
          format == "display",
          format == "include_last_permit",
          world.base_url,
          [&world](const std::string& crn) { return find_any_role(world, crn); }};
}

HttpResponse policy_reply(
    const World& world, const Call& call, int status, const Policy& policy, ApiVersion version) {
  const bool hide = call.request.method == "GET" && world.switches.is(Switch::get_etag, "absent");
  const Json body = view_policy(policy, view_options(world, call, version), world.switches);
  return json_reply(status, body, hide ? std::string() : policy.etag);
}

tl::unexpected<Problem> refuse_unknown(const std::string& id) {
  return refuse(404, "policy_not_found", "Policy with Id " + id + " not found.");
}

tl::unexpected<Problem> refuse_forbidden(const World& world) {
  return refuse(403,
                world.switches.text(Switch::forbidden_code),
                "You are not authorized to perform this action on the policy.");
}

// The policy with that id, if it is in the caller's account.
Outcome<Policy> reachable(const World& world,
                          const Call& call,
                          std::optional<Policy> policy,
                          const std::string& id) {
  if (!policy) return refuse_unknown(id);
  if (policy->account == call.caller.account) return std::move(*policy);
  if (world.switches.is(Switch::foreign_policy, "404")) return refuse_unknown(id);
  return refuse_forbidden(world);
}

Outcome<Policy> true_policy(const World& world, const Call& call, const std::string& id) {
  const Policy* found = world.store.find(id, call.now);
  return reachable(world, call, found == nullptr ? std::nullopt : std::optional(*found), id);
}

Outcome<void> check_roles(const World& world, Call& call, const PolicyBody& body) {
  if (world.switches.is(Switch::role_check, "lenient")) return {};

  const std::string service = role_service(body);
  const bool pair = body.type == "authorization";
  const std::string source = attr_text(body.subject, "serviceName");
  const auto known = pair ? offered_roles(world, call, source, service) : roles_of_service(service);
  for (const std::string& crn : body.roles) {
    const bool offered = std::any_of(known.begin(), known.end(), [&](const RoleInfo* role) {
      return crn_of(*role, world.crns()) == crn;
    });
    const bool custom = std::any_of(world.roles.begin(), world.roles.end(), [&](const auto& role) {
      return text_of(role.shown, "crn") == crn && role.account == call.caller.account;
    });
    const bool elsewhere = !pair && service.empty() && find_role(crn, world.crns()) != nullptr;
    if (!offered && !custom && !elsewhere) {
      return refuse_body("The role " + crn +
                         " is not supported for the given subject and resource.");
    }
  }
  return {};
}

tl::unexpected<Problem> refuse_duplicate(const World& world,
                                         const Call& call,
                                         const Policy& other,
                                         const PolicyBody& body,
                                         ApiVersion version) {
  auto mine = body.roles;
  auto theirs = other.body.roles;
  std::sort(mine.begin(), mine.end());
  std::sort(theirs.begin(), theirs.end());
  const bool exact = mine == theirs && world.switches.is(Switch::conflict_wording, "exact");
  Problem problem{409,
                  "policy_conflict_error",
                  "The policy wasn't created because an access policy with identical attributes" +
                      std::string(exact ? " and roles" : "") +
                      " already exists. Please update the roles in the existing policy (" +
                      other.id +
                      "), or update the one you're trying to assign to include a different "
                      "attribute assignment."};
  Json conflict = {{"etag", other.etag}};
  const Json shown = view_policy(other, view_options(world, call, version), world.switches);
  const std::string& form = world.switches.text(Switch::conflict_policy);
  if (form == "object") conflict["policy"] = shown;
  if (form == "string") conflict["policy"] = dump(shown);
  if (form == "id") conflict["policy"] = other.id;
  problem.details = {{"conflicts_with", std::move(conflict)}};
  return tl::unexpected(std::move(problem));
}

// Everything that create and replace have in common.
Outcome<PolicyBody> accept_body(const World& world,
                                Call& call,
                                ApiVersion version,
                                const std::string& except) {
  auto json = json_body(call);
  if (!json) return tl::unexpected(std::move(json).error());
  auto body = decode_policy(*json, version);
  if (!body) return body;
  if (auto done = check_policy(*body, world.switches); !done) return tl::unexpected(done.error());
  const bool own = attr_text(body->resource, "accountId") == call.caller.account;
  if (!own || !call.caller.may_write) return refuse_forbidden(world);
  if (auto done = check_roles(world, call, *body); !done) return tl::unexpected(done.error());

  const Policy* other = world.store.duplicate_of(call.caller.account, *body, except, call.now);
  if (other != nullptr) return refuse_duplicate(world, call, *other, *body, version);
  return body;
}

Stamp stamp_of(const Call& call) {
  return {call.caller.iam_id, call.now};
}

Reply create(World& world, Call& call, ApiVersion version) {
  auto body = accept_body(world, call, version, {});
  if (!body) return tl::unexpected(std::move(body).error());
  const auto quota = static_cast<std::size_t>(world.switches.number(Switch::quota));
  if (world.store.active_in(call.caller.account) >= quota) {
    return refuse(
        422, world.switches.text(Switch::quota_code), "Exceeded maximum policies quota error.");
  }

  call.wrote = true;
  const Policy& made = world.store.create(call.caller.account, std::move(*body), stamp_of(call));
  return policy_reply(world, call, 201, made, version);
}

Reply get(World& world, Call& call, ApiVersion version, const std::string& id) {
  const auto policy = reachable(world, call, world.store.read(id, call.now), id);
  if (!policy) return tl::unexpected(policy.error());
  return policy_reply(world, call, 200, *policy, version);
}

Reply replace(World& world, Call& call, ApiVersion version, const std::string& id) {
  const auto old = true_policy(world, call, id);
  if (!old) return tl::unexpected(old.error());
  if (old->deleted) return refuse_unknown(id);
  auto body = accept_body(world, call, version, id);
  if (!body) return tl::unexpected(std::move(body).error());
  if (body->type != old->body.type) return refuse_body("The policy type cannot be changed.");
  if (auto done = check_if_match(call, old->etag, world.switches); !done) {
    return tl::unexpected(done.error());
  }
  const bool upgrade = old->body.version == ApiVersion::v1 && version == ApiVersion::v2;
  if (upgrade && world.switches.is(Switch::v2_put_v1, "refused")) {
    return refuse_body("A v1 policy cannot be replaced by a v2 policy.");
  }

  call.wrote = true;
  const Policy& made = world.store.replace(id, std::move(*body), stamp_of(call));
  return policy_reply(world, call, 200, made, version);
}

Reply restore(World& world, Call& call, const std::string& id) {
  const auto old = true_policy(world, call, id);
  if (!old) return tl::unexpected(old.error());
  if (!call.caller.may_write) return refuse_forbidden(world);
  auto json = json_body(call);
  if (!json) return tl::unexpected(std::move(json).error());
  if (text_of(*json, "state") != "active") return refuse_body();
  if (auto done = check_if_match(call, old->etag, world.switches); !done) {
    return tl::unexpected(done.error());
  }
  if (!fits_v1(old->body) && world.switches.is(Switch::v1_restore_exists, "refused")) {
    return refuse_body("The policy version is not supported.");
  }
  const Policy* other = world.store.duplicate_of(old->account, old->body, id, call.now);
  if (other != nullptr) return refuse_duplicate(world, call, *other, old->body, ApiVersion::v1);

  call.wrote = true;
  const Policy& made = world.store.set_deleted(id, false, stamp_of(call));
  return policy_reply(world, call, 200, made, ApiVersion::v1);
}

Reply remove(World& world, Call& call, const std::string& id) {
  if (world.store.find(id, call.now) == nullptr &&
      world.switches.is(Switch::delete_unknown, "204")) {
    return HttpResponse{204};
  }
  const auto old = true_policy(world, call, id);
  if (!old) return tl::unexpected(old.error());
  if (!call.caller.may_write) return refuse_forbidden(world);
  if (old->deleted) {
    if (world.switches.is(Switch::delete_deleted, "404")) return refuse_unknown(id);
    return HttpResponse{204};
  }

  call.wrote = true;
  world.store.set_deleted(id, true, stamp_of(call));
  return HttpResponse{204};
}

}  // namespace

Reply serve_policies(World& world, Call& call, ApiVersion version) {
  const std::string& method = call.request.method;
  if (call.target.path.size() == 2) {
    if (method == "GET") return list_policies(world, call, version);
    if (method == "POST") return create(world, call, version);
  } else if (call.target.path.size() == 3) {
    const std::string& id = call.target.path[2];
    if (method == "GET") return get(world, call, version, id);
    if (method == "PUT") return replace(world, call, version, id);
    if (method == "DELETE") return remove(world, call, id);
    if (method == "PATCH" && version == ApiVersion::v1) return restore(world, call, id);
  }
  return refuse(404, "not_found", "The resource was not found.");
}

}  // namespace authzd::sandbox
