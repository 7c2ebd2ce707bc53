// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What becomes of a text in a trace, by the name that it stands under: a member of JSON, a
// parameter, a header. A name that is not known has its text hidden.
#pragma once

#include "reconciler/trace/pseudonyms.hpp"

#include <string>
#include <string_view>

namespace authzd {

enum class Treatment {
  secret,   // nothing of it stays
  hidden,   // Pseudonyms::hidden
  plain,    // Pseudonyms::plain: words and messages
  service,  // the name of a service
  etag,
};

/// Of a member of JSON or a parameter of a query or a form.
Treatment treatment_of(std::string_view name);

/// `text` as that treatment has it. Whatever the treatment but `secret`, dates stay, and CRNs and
/// URLs are taken apart.
std::string treated(const Pseudonyms& pseudonyms, Treatment treatment, std::string_view text);

/// The value of a header.
std::string treated_header(const Pseudonyms& pseudonyms,
                           std::string_view name,
                           std::string_view value);

}  // namespace authzd
