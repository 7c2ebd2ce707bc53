// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `metadata.accounts` of a manifest: the accounts that the document is meant for, by their labels
// or by their names. A document without it is meant for every account whose paths hold its file.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/account_traits.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace authzd {

/// A selector, or a name in one, and whether the account is meant by it: only who knows all
/// accounts can tell whether it means none.
struct SelectorUse {
  SourcePos position;
  Diagnostic unmet = {};  // the warning for one that means no account
  bool is_met = false;
};

/// What a document says about the accounts that it is meant for.
struct Selection {
  bool has_selector = false;
  bool is_chosen = true;  // the account is among them
  std::vector<SelectorUse> uses = {};
};

/// Reports problems of the selector; a document with one chooses no account. /// knows the account,
/// so it is chosen.
Selection select_account(const YamlCursor& document,
                         const AccountId& account,
                         const AccountTraits* traits);

/// The keys that `metadata.accounts` may have.
Keys account_selector_keys();

}  // namespace authzd
