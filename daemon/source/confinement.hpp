// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Limits what a child process and its children may read and write; the kernel enforces it
// (Landlock). Git, ssh and gpg process untrusted data; a bug in one of them must not expose the
// credentials or the state. Sockets are not covered: a child may connect wherever its user may, and
// the admin socket recognises it by its mark.
#pragma once

#include "daemon/source/child.hpp"

#include <string>
#include <vector>

namespace authzd {

/// Whether the kernel can confine a child (Linux 5.19, Landlock enabled, the system call not
/// filtered). Otherwise children run with all rights of this process.
[[nodiscard]] bool can_confine();

/// The rules as a descriptor, made before the fork; it is empty if the kernel cannot confine. Every
/// child may read programs, their libraries and the resolver's files. A path that does not exist
/// allows nothing. Errors: unavailable.
Result<Descriptor> make_rules(const Confinement& confinement);

/// In the child, between fork and exec: async-signal-safe. False: it is not confined.
[[nodiscard]] bool enter_confinement(int rules);

}  // namespace authzd
