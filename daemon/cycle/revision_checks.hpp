// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is checked of a new revision besides its manifests, and the errors that say why it is
// refused.
#pragma once

#include "daemon/cycle/desired_loader.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/source/source.hpp"
#include "reconciler/base/error.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/model/instance.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// The instance names of a new revision: whether each names exactly one instance. Until that is
/// known, a revision is not accepted, like an invalid one: a grant without an id would have no
/// policy, so that its policy in IAM could be taken for an unwanted one.
struct LocatedNames {
  KnownInstances located;          // of the names that are not in `last`
  std::vector<Diagnostic> faults;  // no such instance, or two; two grants of one policy; sorted
  std::optional<Error> failure;    // a look-up failed: whether there are faults is not known
};

/// `last`: what is known already, and not looked up again. Errors: cancelled.
Async<LocatedNames> locate_names(PolicyReader& reader, Desired desired, KnownInstances last);

/// What is known about the good revision besides its grants.
struct Before {
  bool may_empty = false;              // an emptied file is intended
  std::set<std::string> ignored = {};  // files that were ignored in it, if known
  /// Files of the new revision that hold documents for other accounts: they are not empty.
  std::set<std::string> elsewhere = {};
};

/// Grants that a revision has lost in a way that nobody intends: in a file that was emptied, as
/// during a write, in a folder or a file in whose place is what no source follows (a link, a
/// submodule, a FIFO), or a folder without manifests, or in a file that is ignored now although it
/// is authzd's. Returns why a revision that has lost grants of `good` in
/// such a way is refused; nothing if it has not.
std::optional<Error> vanished_grants(const Snapshot& snapshot,
                                     const Desired& desired,
                                     const GoodRevision& good,
                                     const Before& before);

Error invalid_revision(const std::vector<Diagnostic>& diagnostics);
/// `elsewhere`: authorizations for other accounts.
Error empty_source(std::size_t elsewhere);

/// authzd ended that many times while it was reading the revision.
Error never_read(std::size_t attempts);

/// `approve_options`: options that a copied `authzd approve` command needs.
Error no_descendant(const std::string& revision,
                    const std::string& applied,
                    Lineage lineage,
                    bool can_be_let_in,
                    const std::string& approve_options);

}  // namespace authzd
