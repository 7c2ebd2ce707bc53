// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How a trace treats a text, by its name: a JSON member, a parameter, a header. The text of an
// unknown name is hidden.
#pragma once

#include "reconciler/trace/pseudonyms.hpp"

#include <string>
#include <string_view>

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

}  // namespace authzd
