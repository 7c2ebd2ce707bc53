// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One document of kind Assertion (design §3) made into its patterns.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/manifest/authorization_decoder.hpp"
#include "reconciler/manifest/service_check.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/assertion.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace authzd {

inline constexpr std::size_t kMaxPatterns = 50;  // of one list

struct DecodedAssertion {
  Assertion assertion;                  // its name is empty where it is missing or bad
  std::optional<YamlCursor> name_node;  // where it was written
};

/// Reports all that is wrong with the document. What it returns is of use only where no error was
/// reported, the name excepted. `own`: what "own" means.
DecodedAssertion decode_assertion(const YamlCursor& document,
                                  const AccountId& own,
                                  const ServiceCheck& services);

/// As authorization_key_lists().
std::vector<KeyList> assertion_key_lists();

}  // namespace authzd
