// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/suspension.hpp"

#include "reconciler/base/text.hpp"

#include <string>

namespace authzd {

std::optional<Error> find_suspension(const AccountRuntime& account, RunKind kind) {
  if (kind == RunKind::release) return std::nullopt;
  const AccountSpec& spec = account.spec();
  const auto suspension = account.state().suspensions.of(spec.id);
  if (!suspension) return suspension.error();
  if (!*suspension) return std::nullopt;
  const bool alone = (*suspension)->account.has_value();
  return Error{ErrorCode::unsafe_plan,
               "account " + printable(spec.name) + " is suspended since " +
                   to_rfc3339((*suspension)->since) + " by " + printable((*suspension)->who) +
                   (alone ? "" : ", with all others") + "; end that with 'authzd resume" +
                   (alone ? " " + printable(spec.name) : "") + "'"};
}

}  // namespace authzd
