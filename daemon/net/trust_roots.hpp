// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Identifies the CAs that a new client would use now, to detect changes: a reload applies a changed
// CA file, or a changed store of the system.
#pragma once

#include <string>

namespace authzd {

/// The same text for the same CAs: the digest of a file; for the system's store (`ca_file` is
/// empty) its last change according to the file system. An unreadable file has a text, too.
std::string fingerprint_of_roots(const std::string& ca_file);

}  // namespace authzd
