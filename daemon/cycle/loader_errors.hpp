// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The errors that say why a revision is refused.
#pragma once

#include "daemon/source/source.hpp"
#include "reconciler/base/error.hpp"
#include "reconciler/manifest/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

Error invalid_revision(const std::vector<Diagnostic>& diagnostics);
Error empty_source();

/// authzd ended that many times while it was reading the revision.
Error never_read(std::size_t attempts);

/// `approve_options`: options that a copied `authzd approve` command needs.
Error no_descendant(const std::string& revision,
                    const std::string& applied,
                    Lineage lineage,
                    bool can_be_let_in,
                    const std::string& approve_options);

}  // namespace authzd
