// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The resource limits of this process and of its children: how many files each may have open, and
// one that marks the children.
//
// The usual soft limit of 1,024 files exists for programs that use select(2); this one does not,
// and raises it. Its children may, and get the original limit.
//
// The mark is carried permanently by children of this process and all processes that they start,
// whatever session, process group or parent they move to. It shows which processes must not command
// this one. It is a resource limit that only CAP_SYS_RESOURCE can raise again, on something that no
// child needs: POSIX message queues.
#pragma once

#include "reconciler/base/error.hpp"

#include <optional>
#include <string_view>

namespace authzd {

/// At the start of the process: raises the soft limit to the hard one. If that fails, it remains.
void raise_descriptor_limit();

/// In a child, between fork and exec, async-signal-safe: restores the soft limit of before
/// raise_descriptor_limit(). False: it cannot be set.
[[nodiscard]] bool restore_descriptor_limit();

/// `exhausted` if `error`, an errno, says that the process or the host has no descriptors left;
/// else `otherwise`.
ErrorCode code_of(int error, ErrorCode otherwise);

/// The same for the output of another program.
bool tells_of_no_descriptors(std::string_view said);

/// In the child, between fork and exec: async-signal-safe. Also gives up new privileges, so that no
/// program that it runs changes its user. False: it has no mark.
[[nodiscard]] bool mark_child();

/// Empty if there is no such process. Root's children can remove the mark, as they may raise any
/// limit.
[[nodiscard]] std::optional<bool> is_marked_child(int pid);

}  // namespace authzd
