// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a cycle means for the status of its account. Pure: takes a status and what happened, and
// returns the next status.
//
//   what happened                         | Ready           | Stalled     | Held
//   --------------------------------------+-----------------+-------------+--------
//   the cycle failed, by itself to pass   | no: its code    | as it was   | as it was
//   the cycle failed, a person is needed  | no: its code    | its code    | as it was
//   refused, and nothing was ever good    | no: Revision-   | Revision-   | no
//                                         | Refused         | Refused     |
//   refused, the last good one enforced   | no: Revision-   | no          | by holds
//                                         | Refused         |             |
//   the first revision waits for a wave   | no: WaitsFor-   | no          | no
//                                         | Wave            |             |
//   suspended                             | no: Suspended   | no          | by holds
//   our clock is off                      | no: ClockSkew   | no          | by holds
//   IAM does not say what time it is      | no: ClockUnknown| no          | by holds
//   the state is found to be older        | no: StateOlder- | StateOlder- | by holds
//                                         | ThanAccount     | ThanAccount |
//   it was, and a rail holds actions      | no: Held        | the same    | Rails
//   a write has an unknown outcome        | no: Outcome-    | by objects  | by holds
//                                         | Unknown         |             |
//   stopped with writes not begun         | no: CutShort    | no          | by holds
//   a write failed                        | no: WritesFailed| by objects  | by holds
//   a rail holds actions                  | no: Held        | by objects  | Rails
//   conflicts                             | no: Conflicts   | by objects  | by holds
//   else                                  | InSync          | no          | no
//
// AssertionsHold is true if all hold (AllHold) or there are none (NoAssertions), and else false:
// Violated, or otherwise Undecided. Only a plan changes it.
#pragma once

#include "daemon/cycle/run_cycle.hpp"
#include "daemon/status/account_status.hpp"

#include <string_view>

namespace authzd {

AccountStatus with_begun_cycle(AccountStatus status, Timestamp now);

/// `failing`: the objects whose writes fail, after this cycle.
AccountStatus with_ended_cycle(AccountStatus status,
                               const CycleEnd& end,
                               const RunStart& run,
                               std::vector<FailingObject> failing,
                               Timestamp now);

}  // namespace authzd
