// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/pins.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace authzd {
namespace {

/// The digest of a key without a grant; the grants that it lists follow.
constexpr std::string_view kNoGrant = "absent";

constexpr std::size_t kListedDigits = 16;

/// More grants by name than these are not listed: then none ends the pin.
constexpr std::size_t kMostListed = 64;
constexpr std::string_view kAnyByName = "*";

bool is_by_name(const Grant& grant) {
  return grant.source_instance || grant.target_instance;
}

/// As the manifest has it, whatever the instance names refer to.
Key written_key(const Grant& grant) {
  if (!is_by_name(grant)) return grant.key;
  AttributeSet subject = grant.subject;
  AttributeSet resource = grant.resource;
  if (grant.source_instance)
    subject = with_instance(subject, unknown_instance(*grant.source_instance));
  if (grant.target_instance)
    resource = with_instance(resource, unknown_instance(*grant.target_instance));
  return {AccountId{}, subject, resource};  // both sides have their account
}

std::string digest_at(const Grant& grant, const Key& key) {
  std::string text = "grant";
  append_part(text, grant.name);
  append_part(text, key.text());
  append_part(text, std::to_string(grant.roles.size()));
  for (const std::string& role : grant.roles) append_part(text, role);
  append_part(text, grant.description.value_or(""));
  text += grant.is_protected ? 'p' : '-';
  text += grant.suspend ? 's' : '-';
  text += grant.release ? 'r' : '-';
  append_part(text, grant.expires_at ? to_rfc3339(*grant.expires_at) : "");
  return sha256_hex(text);
}

/// The key's text without the lines of instances: equal for all keys that a look-up may give to a
/// grant.
std::string without_instances(const Key& key) {
  std::string kept;
  std::string_view rest = key.text();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end);
    const std::string_view name = line.substr(std::min<std::size_t>(1, line.size()));
    if (!name.starts_with("15:serviceInstance")) kept += line;
  }
  return kept;
}

std::vector<const Grant*> pointers_to(const Desired& desired) {
  std::vector<const Grant*> grants;
  grants.reserve(desired.grants.size());
  for (const Grant& grant : desired.grants) grants.push_back(&grant);
  return grants;
}

/// Grants by name, listed by what their keys have in common.
using Listed = std::unordered_map<std::string, std::vector<std::string>>;

Listed listed_by_shape(const Desired& desired) {
  Listed listed;
  for (const Grant& grant : desired.grants) {
    if (!is_by_name(grant)) continue;
    listed[without_instances(grant.key)].push_back(grant_digest(grant).substr(0, kListedDigits));
  }
  return listed;
}

std::string no_grant_at(const Key& key, const Listed& listed) {
  std::string digest(kNoGrant);
  const auto found = listed.find(without_instances(key));
  if (found == listed.end()) return digest;
  if (found->second.size() > kMostListed) return digest + " " + std::string(kAnyByName);
  std::vector<std::string> grants = found->second;
  std::ranges::sort(grants);
  return digest + " " + join(grants, " ");
}

bool lists(std::string_view digest, const Grant& grant) {
  return digest.ends_with(kAnyByName) ||
         digest.find(" " + grant_digest(grant).substr(0, kListedDigits)) != std::string_view::npos;
}

/// Compares pins with the desired grants.
class PinJudge {
 public:
  explicit PinJudge(std::span<const Grant* const> grants) {
    for (const Grant* grant : grants) {
      by_key_.emplace(grant->key.text(), grant);
      if (is_by_name(*grant)) by_digest_.emplace(grant_digest(*grant), grant);
    }
  }

  void judge(const Key& key, std::string_view digest, PinnedParts& out) const {
    const auto at = by_key_.find(key.text());
    const Grant* grant = at == by_key_.end() ? nullptr : at->second;
    const bool holds =
        is_of_no_grant(digest) ? is_still_none(digest, grant) : is_still(key, digest, grant);
    if (!holds) {
      out.ended.push_back(key);
      return;
    }
    out.keys.insert(key);
    if (grant == nullptr) return;
    out.keys.insert(grant->key);
    out.grants.insert(grant);
  }

 private:
  /// A grant that was by name in the manifests before came here by a look-up.
  static bool is_still_none(std::string_view digest, const Grant* grant) {
    return grant == nullptr || (is_by_name(*grant) && lists(digest, *grant));
  }

  /// The pinned grant may be elsewhere by now: then `grant` becomes that one.
  bool is_still(const Key& key, std::string_view digest, const Grant*& grant) const {
    if (grant != nullptr && grant_digest(*grant) == digest) return true;
    // Pins of an earlier version have the key that the grant had.
    if (grant != nullptr && digest_at(*grant, key) == digest) return true;
    if (grant != nullptr && !is_by_name(*grant)) return false;
    const auto moved = by_digest_.find(std::string(digest));
    grant = moved == by_digest_.end() ? nullptr : moved->second;
    return grant != nullptr;
  }

  std::unordered_map<std::string_view, const Grant*> by_key_;
  std::unordered_map<std::string, const Grant*> by_digest_;
};

}  // namespace

std::string grant_digest(const Grant& grant) {
  return digest_at(grant, written_key(grant));
}

bool is_of_no_grant(std::string_view digest) {
  return digest.starts_with(kNoGrant);
}

Pins desired_digests(const Desired& desired, const std::set<Key>& keys) {
  std::unordered_map<std::string_view, const Grant*> grants;
  for (const Grant& grant : desired.grants) grants.emplace(grant.key.text(), &grant);
  const Listed listed = listed_by_shape(desired);
  Pins digests;
  for (const Key& key : keys) {
    const auto found = grants.find(key.text());
    digests.emplace(
        key, found == grants.end() ? no_grant_at(key, listed) : grant_digest(*found->second));
  }
  return digests;
}

PinnedParts pinned_parts(const Pins& pins, std::span<const Grant* const> grants) {
  PinnedParts parts;
  if (pins.empty()) return parts;
  const PinJudge pin_judge(grants);
  for (const auto& [key, digest] : pins) pin_judge.judge(key, digest, parts);
  return parts;
}

std::vector<Key> ended_pins(const Pins& pins, const Desired& desired) {
  if (pins.empty()) return {};
  return pinned_parts(pins, pointers_to(desired)).ended;
}

}  // namespace authzd
