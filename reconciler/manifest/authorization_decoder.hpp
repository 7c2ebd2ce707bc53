// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One document of kind Authorization (design §3) made into its grants.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/manifest/service_check.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/desired.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Where a grant is written.
struct GrantNodes {
  YamlCursor source;
  YamlCursor target;
  bool has_several_sources = false;
  bool has_several_targets = false;
};

struct Authorization {
  std::string name;                     // empty where it is missing or bad
  std::optional<YamlCursor> name_node;  // where it was written
  std::vector<Grant> grants;            // one a source and target, in the order of the file
  std::vector<GrantNodes> nodes;        // of each grant
};

struct DecodeOptions {
  AccountId account;   // the default of source.account; the account of every target
  Timestamp now = {};  // a past expiresAt is a warning
  ServiceCheck services = {};
  std::size_t most_pairs = LoadLimits{}.max_pairs;
};

/// Reports all that is wrong with the document. What it returns is of use only where no error was
/// reported, the name excepted.
Authorization decode_authorization(const YamlCursor& document, const DecodeOptions& options);

/// The keys that the map at a path of a manifest may have; a list's items end in "[]". Maps whose
/// keys are free (labels) are not listed.
struct KeyList {
  std::string_view path;
  Keys keys;
};
std::vector<KeyList> authorization_key_lists();

}  // namespace authzd
