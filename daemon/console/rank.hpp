// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How urgently an account needs a person: the order of the accounts' page, and the word for each.
//
//   word        | the account
//   ------------+--------------------------------------------------------------------------
//   Stalled     | does not continue without a person
//   Widened     | has a policy of ours that others widened, and that is not set back
//   Refused     | has a newest revision that is not enforced
//   Failing     | had a cycle, or a write in it, that failed
//   Held        | has actions that wait for an approval
//   Conflicts   | has grants or policies that need a decision
//   Waiting     | has removals that continue by themselves when their time has passed
//   OutOfSync   | has differences that its mode keeps
//   Suspended   | is planned, and not written to
//   Starting    | has not ended its first cycle
//   Ready       | is as the manifests say
#pragma once

#include "daemon/console/html.hpp"
#include "daemon/status/account_status.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace authzd::console {

/// The most urgent one first.
enum class Rank {
  stalled,
  widened,
  refused,
  failing,
  held,
  conflicts,
  waiting,
  out_of_sync,
  suspended,
  starting,
  ready,
};

inline constexpr std::array kRanks = {Rank::stalled,
                                      Rank::widened,
                                      Rank::refused,
                                      Rank::failing,
                                      Rank::held,
                                      Rank::conflicts,
                                      Rank::waiting,
                                      Rank::out_of_sync,
                                      Rank::suspended,
                                      Rank::starting,
                                      Rank::ready};

/// The first that applies.
Rank rank_of(const AccountStatus& account);

std::string_view to_string(Rank rank);  // "Stalled", …
std::optional<Rank> rank_named(std::string_view word);

/// The word with a sign and a colour.
Markup state_mark(Rank rank);

/// What is the matter, or empty: the message of the condition that decided the rank.
std::string why_of(const AccountStatus& account);

/// "500 accounts: 489 ready, 8 held, 3 stalled".
Markup summary_sentence(std::span<const AccountStatus> accounts);

}  // namespace authzd::console
