// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which roots of trust a client would have if it were made now, so that a change of them is seen: a
// reload takes up a CA file, or a store of the system, that is another than before.
#pragma once

#include <string>

namespace authzd {

/// The same text for the same roots: of a file its digest, of the system's store (`ca_file` is
/// empty) what the file system says of its last change. What cannot be read has a text, too.
std::string fingerprint_of_roots(const std::string& ca_file);

}  // namespace authzd
