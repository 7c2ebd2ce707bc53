// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a child process may read and write, held to by the kernel (Landlock), for itself and all
// that it starts. Git, ssh and gpg read what strangers wrote; a fault in one of them must not open
// the credentials or the state. Sockets are not covered: a child may
// connect to what its user may, and the admin socket knows it by its mark.
#pragma once

#include "daemon/source/child.hpp"

#include <string>
#include <vector>

namespace authzd {

/// Whether the kernel can confine a child (Linux 5.19, Landlock not switched off, the system call
/// not filtered). Where it cannot, children run with all rights of this process.
[[nodiscard]] bool can_confine();

/// The rules as a descriptor to enter with, made before the fork; without one inside where the
/// kernel cannot confine. Programs, their libraries and what a resolver needs may be read by every
/// child. A path that does not exist allows nothing. Errors: unavailable.
Result<Descriptor> make_rules(const Confinement& confinement);

/// In the child, between fork and exec: async-signal-safe. False: it is not confined.
[[nodiscard]] bool enter_confinement(int rules);

}  // namespace authzd
