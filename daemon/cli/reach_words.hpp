// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What people write for a service or an instance when they ask who may reach it, and what to tell
// them where that names none: a misspelt name must not look like an answer.
#pragma once

#include "daemon/cli/commands.hpp"
#include "reconciler/report/reach.hpp"

#include <set>
#include <span>
#include <string>

namespace authzd {

/// Writes the right name of a service over its label or another case, and says so on standard
/// error. True if it is the name of a service that IBM publishes.
bool correct_service(const CommandContext& context, std::string& service);

class ReachWords {
 public:
  /// Corrects the services of `filter`, which is the caller's and outlives it, as does `context`.
  ReachWords(const CommandContext& context, ReachFilter& filter);

  /// Learns from all policies of an account what a word may mean there.
  void look_at(const ReachView& list);

  /// On standard error, which names of the question no policy has. `found`: the answer.
  void tell_of_unknown(std::span<const Reached> found) const;

 private:
  enum class Side { source, target };
  struct Sought {
    Side side;
    ReachParty& party;
    bool is_known = false;                // a service of that name
    std::set<std::string> meanings = {};  // else: "the instance "prod" of kms: `authzd reach …`"
  };
  void look_at(const ReachView& list, Sought& sought) const;
  void tell_of_service(const Sought& sought) const;
  void tell_of_instance(const Sought& sought, std::span<const Reached> found) const;

  void tell_of_role() const;

  const CommandContext& context_;
  std::string role_;
  std::set<std::string> roles_ = {};  // of all policies
  Sought target_;
  Sought source_;
};

}  // namespace authzd
