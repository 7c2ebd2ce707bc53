// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Decodes one document of kind Authorization (design §3) into its grants.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/desired.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// The position of a grant.
struct GrantNodes {
  YamlCursor source;
  YamlCursor target;
  bool has_several_sources = false;
  bool has_several_targets = false;
};

struct Authorization {
  std::string name;                     // empty if it is missing or invalid
  std::optional<YamlCursor> name_node;  // its position
  std::optional<YamlCursor> roles_node = {};
  std::optional<YamlCursor> expires_node = {};
  std::vector<Grant> grants;      // one per source and target, in the order of the file
  std::vector<GrantNodes> nodes;  // of each grant
};

struct DecodeOptions {
  AccountId account;   // the default of source.account; the account of every target
  Timestamp now = {};  // a past expiresAt is a warning
  ServiceCheck services = {};
  std::size_t most_pairs = LoadLimits{}.max_pairs;
  ParamScope* params = nullptr;  // of the values in `spec`; null: they are as they are written
};

/// Reports every problem of the document. Use the result only if no error was reported, except for
/// the name.
Authorization decode_authorization(const YamlCursor& document, const DecodeOptions& options);

/// The allowed keys of the map at a path of a manifest; list items end in "[]". Maps with free keys
/// (labels) are not listed.
struct KeyList {
  std::string_view path;
  Keys keys;
};
std::vector<KeyList> authorization_key_lists();

}  // namespace authzd
