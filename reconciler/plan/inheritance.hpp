// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which policies belong to a document beyond its current grants. `suspend`, `release` and unknown
// roles also apply to grants that the last applied revision gave to the same document and that it
// has dropped since, even in the commit that suspends it. The name alone is not enough: a document
// that takes the name of a removed one inherits nothing. A document that moves to another file is
// the same one, if it adds no grant.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/plan/ownership.hpp"

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace authzd {

/// Two documents of two revisions are the same if both are equal: the name, and the file.
struct DocumentId {
  std::string name;
  std::string file;

  auto operator<=>(const DocumentId&) const = default;
};

DocumentId document_of(const Grant& grant);

/// The keys that a revision gave to each document.
using GivenKeys = std::map<DocumentId, std::set<Key>>;

/// Key → the document that inherits it.
using InheritedKeys = std::map<Key, DocumentId>;

/// The documents that may inherit: suspended, released, or with a grant whose roles are unknown.
std::set<DocumentId> inheriting_documents(std::span<const ResolvedGrant> desired);

/// What those documents inherit from `last`: the grants that the last applied revision gave to all
/// documents of their names. A key that any grant of `desired` has belongs to that grant, and is
/// not inherited.
InheritedKeys inherited_keys(std::span<const ResolvedGrant> desired, const GivenKeys& last);

/// Those of the keys that a policy of `observed` has or was made for, that `ownership` knows as
/// written, or that are in `open`: no other policy can be inherited.
InheritedKeys with_policies(const AccountId& account,
                            InheritedKeys inherited,
                            std::span<const Observed> observed,
                            const Ownership& ownership,
                            const std::set<Key>& open);

/// What to store once `desired` is applied: the keys of its grants and, while they are inherited,
/// the earlier ones.
GivenKeys given_keys(const Desired& desired, const InheritedKeys& inherited);

}  // namespace authzd
