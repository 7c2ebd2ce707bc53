// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// All data of the sandbox, and one request in progress.
#pragma once

#include "daemon/net/http.hpp"
#include "daemon/sandbox/http_text.hpp"
#include "daemon/sandbox/identity.hpp"
#include "daemon/sandbox/problem.hpp"
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
  Json shown;  // as shown in replies
  std::string account;
  std::string service;
  int generation = 1;
  std::string etag;
};

/// An instance of a service, as in the Resource Controller.
struct ResourceInstance {
  std::string name;
  std::string service;
  std::string account;
  std::string guid;  // serviceInstance in a policy
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
  bool repeat_page = false;            // fault: `next` leads to the same page again
  bool wrote = false;                  // set by everything that changes the store
  std::string warning = {};            // how IAM itself may differ
  std::chrono::milliseconds takes{0};  // IAM's time to serve it
};

using Reply = Outcome<HttpResponse>;

HttpResponse json_reply(int status, const Json& body, const std::string& etag = {});

/// The body as JSON. Refuses other content types (415) and other JSON than objects (400).
Outcome<Json> json_body(const Call& call);

/// Refuses a missing or stale If-Match, with the status of the switches.
Outcome<void> check_if_match(const Call& call, const std::string& etag, const Switches& switches);

// The endpoints of each resource; `call.caller` is set.
Reply serve_policies(World& world, Call& call, ApiVersion version);
Reply list_policies(World& world, Call& call, ApiVersion version);
Reply serve_roles(World& world, Call& call);
Reply serve_instances(World& world, Call& call);

/// The roles of an authorization; warns about an undocumented pair.
std::vector<const RoleInfo*> offered_roles(const World& world,
                                           Call& call,
                                           const std::string& source,
                                           const std::string& target);

/// A role as in `/v2/roles`, custom ones too; null if unknown.
Json find_any_role(const World& world, const std::string& crn);

// The token endpoints: their errors have another format, and there is no caller.
HttpResponse serve_token(World& world, Call& call);
HttpResponse serve_profiles(World& world, Call& call);
HttpResponse serve_metadata(World& world, Call& call);

}  // namespace authzd::sandbox
