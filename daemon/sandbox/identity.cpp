// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/identity.hpp"

#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd::sandbox {
namespace {

// The claims of iam-api §7.5.
Json claims_of(const Caller& caller, const std::string& grant, const IssuedToken& token) {
  const auto seconds = [](Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  };
  const std::string realm = caller.iam_id.substr(0, caller.iam_id.find('-'));
  Json claims = {{"iam_id", caller.iam_id}, {"id", caller.iam_id}, {"realmid", realm}};
  claims["identifier"] =
      caller.iam_id.substr(std::min(caller.iam_id.find('-') + 1, caller.iam_id.size()));
  claims["name"] = caller.name;
  claims["sub"] = caller.iam_id;
  claims["sub_type"] = caller.iam_id.starts_with("iam-ServiceId") ? "ServiceId" : "User";
  claims["authn"] = {{"sub", caller.iam_id}, {"iam_id", caller.iam_id}, {"name", caller.name}};
  claims["account"] = {{"valid", true}, {"bss", caller.account}, {"frozen", true}};
  claims["iat"] = seconds(token.issued_at);
  claims["exp"] = seconds(token.expires_at);
  claims["iss"] = "https://iam.cloud.ibm.com/identity";
  claims["grant_type"] = grant;
  claims["scope"] = "ibm openid";
  claims["client_id"] = "default";
  claims["acr"] = 1;
  claims["amr"] = {"pwd"};
  return claims;
}

}  // namespace

std::string unsigned_token(const Json& claims) {
  const Json header = {{"kid", "iam-sandbox"}, {"alg", "none"}};
  return base64url(dump(header)) + "." + base64url(dump(claims)) + "." + base64url("unsigned");
}

const Caller* Identities::of_key(const std::string& key) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? nullptr : &found->second;
}

bool Identities::rotate_key(const std::string& from, const std::string& to) {
  auto key = keys_.extract(from);
  if (key.empty()) return false;
  key.key() = to;
  keys_.insert(std::move(key));
  return true;
}

const Profile* Identities::profile(const std::string& id,
                                   const std::string& name,
                                   const std::string& crn,
                                   const std::string& account) const {
  const auto found = std::find_if(profiles_.begin(), profiles_.end(), [&](const Profile& each) {
    const bool is_there = account.empty() || each.caller.account == account;
    return (!id.empty() && each.id == id) || (!name.empty() && each.name == name && is_there) ||
           (!crn.empty() && each.crn == crn);
  });
  return found == profiles_.end() ? nullptr : &*found;
}

IssuedToken Identities::issue(const Caller& caller,
                              const std::string& grant,
                              Timestamp now,
                              std::chrono::milliseconds life) {
  std::erase_if(sessions_, [&](const auto& each) { return each.second.expires_at <= now; });

  IssuedToken token{{}, now, now + life};
  Json claims = claims_of(caller, grant, token);
  claims["jti"] = random_.hex(32);
  const Json header = {{"kid", "iam-sandbox"}, {"alg", "HS256"}};
  token.access_token =
      base64url(dump(header)) + "." + base64url(dump(claims)) + "." + base64url(random_.hex(32));
  sessions_[token.access_token] = Session{caller, token.expires_at};
  return token;
}

std::optional<Caller> Identities::of_token(std::string_view authorization, Timestamp now) const {
  constexpr std::string_view kBearer = "bearer ";
  if (!iequals(authorization.substr(0, kBearer.size()), kBearer)) return std::nullopt;

  const auto found = sessions_.find(std::string(trim(authorization.substr(kBearer.size()))));
  if (found == sessions_.end() || found->second.expires_at <= now) return std::nullopt;
  return found->second.caller;
}

void Identities::clear() {
  keys_.clear();
  profiles_.clear();
  sessions_.clear();
}

}  // namespace authzd::sandbox
