// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Everything that the sandbox holds, and one request on its way through it.
#pragma once

#include "daemon/net/http.hpp"
#include "daemon/sandbox/identity.hpp"
#include "daemon/sandbox/problem.hpp"
#include "daemon/sandbox/query.hpp"
#include "daemon/sandbox/role_catalogue.hpp"
#include "daemon/sandbox/store.hpp"
#include "daemon/sandbox/switches.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd::sandbox {

struct CustomRole {
  Json shown;  // as replies show it
  std::string account;
  std::string service;
  int generation = 1;
  std::string etag;
};

/// An instance of a service, as Resource Controller shows it.
struct ResourceInstance {
  std::string name;
  std::string service;
  std::string account;
  std::string guid;  // what a policy has for serviceInstance
  std::string region;
  std::string resource_group;
  std::string state;
  std::string crn;
};

struct World {
  explicit World(Randomness& chance)
      : random(chance), store(switches, chance), identities(chance) {}

  [[nodiscard]] CrnStyle crns() const {
    return switches.is(Switch::role_crns, "platform") ? CrnStyle::platform : CrnStyle::service;
  }

  Randomness& random;
  Switches switches;
  Store store;
  Identities identities;
  std::vector<CustomRole> roles;
  std::vector<ResourceInstance> instances;
  std::string base_url = "https://iam.cloud.ibm.com";
};

struct Call {
  const HttpRequest& request;
  Target target;
  Timestamp now;
  Caller caller = {};
  bool repeat_page = false;            // a fault: `next` leads to the same page again
  bool wrote = false;                  // set by whatever changes the store
  std::string warning = {};            // what IAM itself might do otherwise
  std::chrono::milliseconds takes{0};  // what serving it costs IAM
};

using Reply = Outcome<HttpResponse>;

HttpResponse json_reply(int status, const Json& body, const std::string& etag = {});

/// The body as JSON. Refuses other content types (415) and what is no JSON object (400).
Outcome<Json> json_body(const Call& call);

/// Refuses a missing or stale If-Match, with the status of the switches.
Outcome<void> check_if_match(const Call& call, const std::string& etag, const Switches& switches);

// The endpoints of each resource; `call.caller` is known by then.
Reply serve_policies(World& world, Call& call, ApiVersion version);
Reply list_policies(World& world, Call& call, ApiVersion version);
Reply serve_roles(World& world, Call& call);
Reply serve_instances(World& world, Call& call);

/// The roles of an authorization; warns of a pair that nobody documents.
std::vector<const RoleInfo*> offered_roles(const World& world,
                                           Call& call,
                                           const std::string& source,
                                           const std::string& target);

/// A role as `/v2/roles` shows it, custom ones too; null where it is unknown.
Json find_any_role(const World& world, const std::string& crn);

// The token endpoints: another shape of errors, no caller.
HttpResponse serve_token(World& world, Call& call);
HttpResponse serve_metadata(World& world, Call& call);

}  // namespace authzd::sandbox
