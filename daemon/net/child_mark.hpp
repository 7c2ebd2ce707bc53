// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A mark that children of this process, and all processes that they start, carry permanently,
// whatever session, process group or parent they move to. It shows which processes must not command
// this one. It is a resource limit that only CAP_SYS_RESOURCE can raise again, on something that no
// child needs: POSIX message queues.
#pragma once

#include <optional>

namespace authzd {

/// In the child, between fork and exec: async-signal-safe. Also gives up new privileges, so that no
/// program that it runs changes its user. False: it has no mark.
[[nodiscard]] bool mark_child();

/// Empty if there is no such process. Root's children can remove the mark, as they may raise any
/// limit.
[[nodiscard]] std::optional<bool> is_marked_child(int pid);

}  // namespace authzd
