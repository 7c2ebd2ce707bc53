// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One document of kind Authorization (design §3) made into its grants.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/desired.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct Authorization {
  std::string name;                      // empty where it is missing or bad
  std::optional<YamlCursor> name_node;   // where it was written
  std::vector<Grant> grants;             // one a target, in the order of the file
  std::vector<YamlCursor> target_nodes;  // of each grant
};

/// Reports all that is wrong with the document. What it returns is of use only where no error was
/// reported, the name excepted.
Authorization decode_authorization(const YamlCursor& document,
                                   const AccountId& account,
                                   Timestamp now);

/// The keys that the map at a path of a manifest may have; a list's items end in "[]". Maps whose
/// keys are free (labels) are not listed.
struct KeyList {
  std::string_view path;
  Keys keys;
};
std::vector<KeyList> authorization_key_lists();

}  // namespace authzd
