// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/pins.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <unordered_map>

namespace authzd {
namespace {

using Grants = std::unordered_map<std::string_view, const Grant*>;

Grants grants_by_key(const Desired& desired) {
  Grants grants;
  for (const Grant& grant : desired.grants) grants.emplace(grant.key.text(), &grant);
  return grants;
}

}  // namespace

std::string grant_digest(const Grant* grant) {
  if (grant == nullptr) return std::string(kNoGrant);
  std::string text = "grant";
  append_part(text, grant->name);
  append_part(text, grant->key.text());
  append_part(text, std::to_string(grant->roles.size()));
  for (const std::string& role : grant->roles) append_part(text, role);
  append_part(text, grant->description.value_or(""));
  text += grant->is_protected ? 'p' : '-';
  text += grant->suspend ? 's' : '-';
  text += grant->release ? 'r' : '-';
  append_part(text, grant->expires_at ? to_rfc3339(*grant->expires_at) : "");
  return sha256_hex(text);
}

Pins desired_digests(const Desired& desired, const std::set<Key>& keys) {
  const Grants grants = grants_by_key(desired);
  Pins digests;
  for (const Key& key : keys) {
    const auto found = grants.find(key.text());
    digests.emplace(key, grant_digest(found == grants.end() ? nullptr : found->second));
  }
  return digests;
}

std::vector<Key> ended_pins(const Pins& pins, const Desired& desired) {
  if (pins.empty()) return {};
  const Grants grants = grants_by_key(desired);
  std::vector<Key> ended;
  for (const auto& [key, digest] : pins) {
    const auto found = grants.find(key.text());
    if (grant_digest(found == grants.end() ? nullptr : found->second) != digest) {
      ended.push_back(key);
    }
  }
  return ended;
}

}  // namespace authzd
