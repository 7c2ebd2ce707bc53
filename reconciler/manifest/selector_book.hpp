// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which selectors of the manifests mean no account at all: one account cannot tell, as a document
// for another one is nothing that it misses.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/manifest/account_selector.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/manifest/source_file.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace authzd {

class SelectorBook {
 public:
  /// An account has read these files, and these are all of their selectors. It replaces what the
  /// account was noted with before.
  void note(const AccountId& account,
            std::span<const SourceFile> files,
            std::span<const SelectorUse> uses);

  /// A warning for each selector that means none of these accounts, which are all that there are,
  /// in the order of their places. Empty as long as one of them was not noted.
  [[nodiscard]] std::vector<Diagnostic> unmet(std::span<const AccountId> accounts) const;

 private:
  /// A file in one version, and by account which of its selectors mean that account.
  struct File {
    std::size_t text = 0;  // hash
    std::vector<SelectorUse> uses = {};
    std::map<AccountId, std::vector<bool>> met = {};
  };

  std::map<std::string, std::vector<File>> files_;  // by name, with the versions that are in use
  std::set<AccountId> noted_;
};

}  // namespace authzd
