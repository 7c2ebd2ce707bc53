// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which policies a document speaks for beyond the grants that it has now. `suspend`, `release` and
// roles that are unknown also concern what the last applied revision gave to the same document and
// it has dropped since, in the very commit, say, that suspends it. The name alone is no claim: a
// document that takes the name of a removed one inherits nothing of it. A document that moves to
// another file is the same one, if it brings no grant along that it did not have.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/model/key.hpp"

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace authzd {

/// What makes two documents of two revisions the same one: the name, and the file it stands in.
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

/// What those documents inherit of `last`: what the last applied revision gave to all documents of
/// their names. A key that any grant of `desired` has is that grant's, and nobody inherits it.
InheritedKeys inherited_keys(std::span<const ResolvedGrant> desired, const GivenKeys& last);

/// What is to be remembered once `desired` is applied: the keys of its grants and, as long as they
/// are inherited, those of before.
GivenKeys given_keys(const Desired& desired, const InheritedKeys& inherited);

}  // namespace authzd
