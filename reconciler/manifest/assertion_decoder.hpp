// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Decodes one document of kind Assertion (design §3) into its patterns.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/manifest/authorization_decoder.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/manifest/yaml_cursor.hpp"
#include "reconciler/model/assertion.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace authzd {

inline constexpr std::size_t kMaxPatterns = 50;  // per list

struct DecodedAssertion {
  Assertion assertion;                  // its name is empty if it is missing or invalid
  std::optional<YamlCursor> name_node;  // its position
};

/// Reports every problem of the document. Use the result only if no error was reported, except for
/// the name. `own`: the meaning of "own". `params`: of the values in `spec`; null: they are as they
/// are written.
DecodedAssertion decode_assertion(const YamlCursor& document,
                                  const AccountId& own,
                                  const ServiceCheck& services,
                                  ParamScope* params = nullptr);

/// As authorization_key_lists().
std::vector<KeyList> assertion_key_lists();

}  // namespace authzd
