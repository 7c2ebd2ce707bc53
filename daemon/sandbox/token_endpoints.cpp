// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// POST /identity/token and the VPC metadata service (iam-api §7).
#include "daemon/sandbox/world.hpp"
#include "reconciler/base/time.hpp"

#include <utility>

namespace authzd::sandbox {
namespace {

constexpr std::string_view kGrant = "urn:ibm:params:oauth:grant-type:";

HttpResponse refuse_token(World& world, const std::string& code, const std::string& message) {
  const Json context = {{"requestId", world.random.hex(32)},
                        {"requestType", "incoming.Identity_Token"},
                        {"url", "https://iam.cloud.ibm.com"}};
  return json_reply(400, {{"errorCode", code}, {"errorMessage", message}, {"context", context}});
}

HttpResponse token_reply(World& world,
                         const Call& call,
                         const Caller& caller,
                         const std::string& grant) {
  const auto life = world.switches.duration(Switch::token_lifetime);
  const IssuedToken token = world.identities.issue(caller, grant, call.now, life);
  const auto seconds = [](auto duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  };
  // Only a client that authenticates may refresh; its refresh token is the access token.
  const bool named = find_header(call.request.headers, "Authorization").starts_with("Basic ");
  return json_reply(200,
                    {{"access_token", token.access_token},
                     {"refresh_token", named ? token.access_token : "not_supported"},
                     {"ims_user_id", 1234567},
                     {"token_type", "Bearer"},
                     {"expires_in", seconds(life)},
                     {"expiration", seconds(token.expires_at.time_since_epoch())},
                     {"scope", "ibm openid"}});
}

HttpResponse grant_profile(World& world,
                           const Call& call,
                           const std::map<std::string, std::string>& form,
                           const std::string& grant) {
  const Profile* profile = world.identities.profile(param(form, "profile_id"),
                                                    param(form, "profile_name"),
                                                    param(form, "profile_crn"),
                                                    param(form, "account"));
  if (profile == nullptr) {
    return refuse_token(world, "BXNIM0517E", "Provided trusted profile could not be found.");
  }
  return token_reply(world, call, profile->caller, grant);
}

HttpResponse grant_key(World& world,
                       const Call& call,
                       const std::string& key,
                       const std::string& grant) {
  const Caller* caller = world.identities.of_key(key);
  if (caller == nullptr) {
    return refuse_token(world, "BXNIM0415E", "Provided API key could not be found.");
  }
  return token_reply(world, call, *caller, grant);
}

HttpResponse grant_from_token(World& world,
                              const Call& call,
                              const std::map<std::string, std::string>& form,
                              const std::string& grant) {
  const bool refresh = grant == "refresh_token";
  const std::string text = param(form, refresh ? "refresh_token" : "access_token");
  const auto caller = world.identities.of_token("Bearer " + text, call.now);
  if (!caller) {
    return refuse_token(world, "BXNIM0407E", "Provided refresh or IAM token is invalid.");
  }
  return refresh ? token_reply(world, call, *caller, grant)
                 : grant_profile(world, call, form, grant);
}

HttpResponse metadata_refusal(int status, const std::string& message) {
  const Json error = {{"code", "invalid_request"}, {"message", message}};
  return json_reply(status, {{"errors", Json::array({error})}});
}

HttpResponse metadata_token(World& world,
                            const Call& call,
                            const Caller& caller,
                            const std::string& member,
                            std::chrono::milliseconds life) {
  const IssuedToken token = world.identities.issue(caller, "vpc", call.now, life);
  return json_reply(200,
                    {{member, token.access_token},
                     {"created_at", to_rfc3339(token.issued_at)},
                     {"expires_at", to_rfc3339(token.expires_at)},
                     {"expires_in", life.count() / 1000}});
}

// The profile that the body names, or else the first one of the seed.
const Profile* asked_profile(const World& world, const Json& body) {
  if (const Json* wanted = member(body, "trusted_profile")) {
    return world.identities.profile(text_of(*wanted, "id"), {}, text_of(*wanted, "crn"));
  }
  const auto& all = world.identities.profiles();
  return all.empty() ? nullptr : &all.front();
}

}  // namespace

HttpResponse serve_token(World& world, Call& call) {
  const auto form = parse_form(call.request.body);
  std::string grant = param(form, "grant_type");
  if (grant.starts_with(kGrant)) grant.erase(0, kGrant.size());
  if (grant == "apikey") return grant_key(world, call, param(form, "apikey"), grant);
  if (grant == "refresh_token" || grant == "assume") {
    return grant_from_token(world, call, form, grant);
  }
  if (grant == "cr-token" && !param(form, "cr_token").empty()) {
    return grant_profile(world, call, form, grant);
  }
  return refuse_token(world, "BXNIM0137E", "The grant type is not supported.");
}

HttpResponse serve_profiles(World& world, Call& call) {
  const auto form = parse_form(call.request.body);
  if (!world.identities.of_token("Bearer " + param(form, "access_token"), call.now)) {
    return refuse_token(world, "BXNIM0407E", "Provided refresh or IAM token is invalid.");
  }
  Json profiles = Json::array();
  for (const Profile& each : world.identities.profiles()) {
    profiles.push_back({{"id", each.id},
                        {"entity_tag", "1-0123456789abcdef"},
                        {"crn", each.crn},
                        {"name", each.name},
                        {"description", ""},
                        {"created_at", "2024-04-12T19:00+0000"},
                        {"modified_at", "2024-04-12T19:00+0000"},
                        {"iam_id", each.caller.iam_id},
                        {"account_id", each.caller.account}});
  }
  return json_reply(200, {{"count", profiles.size()}, {"profiles", std::move(profiles)}});
}

HttpResponse serve_metadata(World& world, Call& call) {
  if (find_header(call.request.headers, "Metadata-Flavor") != "ibm") {
    return metadata_refusal(400, "The header Metadata-Flavor: ibm is required.");
  }
  const bool is_2022 = call.target.path.front() == "instance_identity";
  if (param(call.target.query, "version") != (is_2022 ? "2022-03-01" : "2025-08-26")) {
    return metadata_refusal(400, "The version is missing, or does not fit the path.");
  }
  const Json body = Json::parse(call.request.body, nullptr, false);
  const bool first = call.target.path.back() == "token";
  if (first) {
    const Json* asked = member(body, "expires_in");
    const auto life = asked != nullptr && asked->is_number_integer() ? asked->get<int>() : 300;
    const Caller instance{"", "instance", "virtual server instance"};
    const std::string& member = world.switches.text(Switch::metadata_member);
    return metadata_token(world, call, instance, member, std::chrono::seconds(life));
  }
  const auto bearer = find_header(call.request.headers, "Authorization");
  const auto holder = world.identities.of_token(bearer, call.now);
  if (!holder) return metadata_refusal(401, "The instance identity token is invalid.");
  const Profile* profile = asked_profile(world, body);
  if (profile == nullptr) return metadata_refusal(400, "No trusted profile is linked.");
  const auto life = world.switches.duration(Switch::token_lifetime);
  return metadata_token(world, call, profile->caller, "access_token", life);
}

}  // namespace authzd::sandbox
