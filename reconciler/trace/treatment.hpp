// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How a trace treats a text, by its name: a JSON member, a parameter, a header. The text of an
// unknown name is hidden. Also queries and forms, "a=1&b=x%20y", as decoded pairs.
#pragma once

#include "reconciler/trace/pseudonyms.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

enum class Treatment {
  secret,   // removed completely
  hidden,   // Pseudonyms::hidden
  plain,    // Pseudonyms::plain: words and messages
  service,  // the name of a service
  etag,
};

/// For a JSON member, or a parameter of a query or a form.
Treatment treatment_of(std::string_view name);

/// `text` after that treatment. For every treatment except `secret`, dates are kept, and CRNs and
/// URLs are split.
std::string treated(const Pseudonyms& pseudonyms, Treatment treatment, std::string_view text);

/// The value of a header.
std::string treated_header(const Pseudonyms& pseudonyms,
                           std::string_view name,
                           std::string_view value);

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

QueryPairs parse_query(std::string_view text);
std::string to_query(const QueryPairs& pairs);

/// Treats each value by the meaning of its parameter; masks secrets, and hides what is unknown.
QueryPairs hidden_query(const Pseudonyms& pseudonyms, const QueryPairs& pairs);

}  // namespace authzd
