// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/query_text.hpp"

#include "reconciler/base/encoding.hpp"
#include "reconciler/trace/treatment.hpp"

#include <algorithm>

namespace authzd {

QueryPairs parse_query(std::string_view text) {
  QueryPairs pairs;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    pairs.emplace_back(percent_decoded(pair.substr(0, equals), Plus::blank),
                       percent_decoded(value, Plus::blank));
  }
  return pairs;
}

std::string to_query(const QueryPairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += '&';
    text += percent_encoded(name) + "=" + percent_encoded(value);
  }
  return text;
}

QueryPairs hidden_query(const Pseudonyms& pseudonyms, const QueryPairs& pairs) {
  QueryPairs made;
  for (const auto& [name, value] : pairs) {
    made.emplace_back(pseudonyms.name(name), treated(pseudonyms, treatment_of(name), value));
  }
  return made;
}

}  // namespace authzd
