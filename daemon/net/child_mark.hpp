// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A mark that a child of this process carries for good, as does all that it starts, wherever that
// moves: to a session, a process group or a parent of its own. By it one can tell who must not
// command this process. It is a limit that nobody without CAP_SYS_RESOURCE can raise again, on what
// no child of ours needs: the message queues of POSIX.
#pragma once

#include <optional>

namespace authzd {

/// In the child, between fork and exec: async-signal-safe. Also gives up new privileges, so that no
/// program that it runs becomes another user. False: it has no mark.
[[nodiscard]] bool mark_child();

/// Nothing where there is no such process. Root's children, who may raise any limit, can take it
/// off.
[[nodiscard]] std::optional<bool> is_marked_child(int pid);

}  // namespace authzd
