// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Callers: API keys, trusted profiles, and their tokens. A token is a JWT whose signature only the
// sandbox can check; clients only read its claims.
#pragma once

#include "daemon/net/clock.hpp"
#include "daemon/sandbox/json.hpp"
#include "reconciler/base/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace authzd::sandbox {

struct Caller {
  std::string account;
  std::string iam_id;
  std::string name;
  bool may_write = true;
  std::vector<std::string> readable = {};  // target services; empty: all
};

struct Profile {
  std::string id;
  std::string name;
  std::string crn;
  Caller caller;
};

struct IssuedToken {
  std::string access_token;
  Timestamp issued_at;
  Timestamp expires_at;
};

/// A JSON web token with those claims, and a fake signature.
std::string unsigned_token(const Json& claims);

class Identities {
 public:
  explicit Identities(Randomness& random) : random_(random) {}

  void add_key(const std::string& key, Caller caller) { keys_[key] = std::move(caller); }
  [[nodiscard]] bool rotate_key(const std::string& from, const std::string& to);
  void add_profile(Profile profile) { profiles_.push_back(std::move(profile)); }

  [[nodiscard]] const Caller* of_key(const std::string& key) const;
  /// A name is that of one account's profile, if the account is not empty.
  [[nodiscard]] const Profile* profile(const std::string& id,
                                       const std::string& name,
                                       const std::string& crn,
                                       const std::string& account = {}) const;
  [[nodiscard]] const std::vector<Profile>& profiles() const { return profiles_; }

  IssuedToken issue(const Caller& caller,
                    const std::string& grant,
                    Timestamp now,
                    std::chrono::milliseconds life);

  /// The caller behind "Bearer …"; empty if the token is unknown, revoked or expired.
  [[nodiscard]] std::optional<Caller> of_token(std::string_view authorization, Timestamp now) const;

  /// Revokes every token that was issued.
  void revoke_all() { sessions_.clear(); }
  void clear();

 private:
  struct Session {
    Caller caller;
    Timestamp expires_at;
  };

  Randomness& random_;
  std::map<std::string, Caller> keys_;
  std::vector<Profile> profiles_;
  std::map<std::string, Session> sessions_;  // by token
};

}  // namespace authzd::sandbox
