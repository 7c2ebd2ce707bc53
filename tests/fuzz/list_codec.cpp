// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The two ways of reading a page of the list of policies give the same page, or the same error.
#include "daemon/iam/policy_codec.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/support/page_text.hpp"

namespace authzd::fuzz {

void list_codec(std::string_view input) {
  const auto quick = decode_policy_page(input, PageReading::quick);
  const auto thorough = decode_policy_page(input, PageReading::thorough);
  promise(test::text_of(quick) == test::text_of(thorough), "both ways read the same");
  const bool both = quick && thorough;
  promise(!both || quick->policies == thorough->policies, "both ways read the same policies");
}

}  // namespace authzd::fuzz
