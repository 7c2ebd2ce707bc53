// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/inheritance.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace authzd {

DocumentId document_of(const Grant& grant) {
  return {grant.name, grant.position.file};
}

std::set<DocumentId> inheriting_documents(std::span<const ResolvedGrant> desired) {
  std::set<DocumentId> documents;
  for (const ResolvedGrant& resolved : desired) {
    const Grant& grant = *resolved.grant;
    if (grant.suspend || grant.release || !resolved.roles) documents.insert(document_of(grant));
  }
  return documents;
}

namespace {

/// Suffix of a document's file name, for what it keeps from earlier revisions and no longer has
/// itself.
constexpr std::string_view kKept = "\nkept";

DocumentId keeper_of(DocumentId document) {
  document.file += kKept;
  return document;
}

DocumentId without_kept(DocumentId document) {
  if (document.file.ends_with(kKept)) document.file.resize(document.file.size() - kKept.size());
  return document;
}

/// The document that `former` is now: itself, or one of the same name in another file with exactly
/// the grants that it had. Names are unique, so nothing is left at the old place then. A document
/// with fewer of these grants may belong to somebody else, who took the name and a grant.
const DocumentId* find_heir(const DocumentId& former,
                            const std::set<DocumentId>& documents,
                            const GivenKeys& last,
                            const GivenKeys& now) {
  const auto same = documents.find(former);
  if (same != documents.end()) return &*same;
  if (now.contains(former)) return nullptr;
  const auto moved = std::ranges::find(documents, former.name, &DocumentId::name);
  const auto keys = last.find(former);
  if (moved == documents.end() || keys == last.end()) return nullptr;
  const auto own = now.find(*moved);
  return own != now.end() && own->second == keys->second ? &*moved : nullptr;
}

}  // namespace

InheritedKeys inherited_keys(std::span<const ResolvedGrant> desired, const GivenKeys& last) {
  const auto documents = inheriting_documents(desired);
  if (documents.empty() || last.empty()) return {};
  std::unordered_set<std::string_view> taken;
  GivenKeys now;
  for (const ResolvedGrant& resolved : desired) {
    taken.insert(resolved.grant->key.text());
    now[document_of(*resolved.grant)].insert(resolved.grant->key);
  }

  InheritedKeys inherited;
  for (const auto& [former, keys] : last) {
    const DocumentId* heir = find_heir(without_kept(former), documents, last, now);
    if (heir == nullptr) continue;
    for (const Key& key : keys) {
      if (!taken.contains(key.text())) inherited.emplace(key, *heir);
    }
  }
  return inherited;
}

InheritedKeys with_policies(const AccountId& account,
                            InheritedKeys inherited,
                            std::span<const Observed> observed,
                            const Ownership& ownership,
                            const std::set<Key>& open) {
  std::set<Key> held = open;
  for (const auto& [id, written] : *ownership.written) held.insert(written.key);
  std::set<std::string> hashes;  // of what someone altered, and the state knows no write of
  for (const Observed& policy : observed) {
    held.insert(key_of(account, policy.content));
    if (ownership.written->contains(policy.id)) continue;
    const Description description = parse_description(policy.content.description);
    if (description.marker) hashes.insert(description.marker->hash12);
    for (const Marker& rival : description.rivals) hashes.insert(rival.hash12);
  }
  std::erase_if(inherited, [&](const auto& each) {
    return !held.contains(each.first) && !hashes.contains(each.first.hash12());
  });
  return inherited;
}

GivenKeys given_keys(const Desired& desired, const InheritedKeys& inherited) {
  GivenKeys given;
  for (const Grant& grant : desired.grants) given[document_of(grant)].insert(grant.key);
  for (const auto& [key, document] : inherited) given[keeper_of(document)].insert(key);
  return given;
}

}  // namespace authzd
