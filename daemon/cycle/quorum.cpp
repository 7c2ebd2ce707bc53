// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/quorum.hpp"

#include <utility>

namespace authzd {

Result<Authors> authors_of_what_waits(const AccountState& state, Timestamp now) {
  auto authors = state.revisions.authors();
  if (!authors) return authors;
  auto of_ended = state.rails.authors_of_ended(now);
  if (!of_ended) return of_ended;
  return merged(std::move(*authors), *of_ended);
}

Result<Quorum> quorum_of(const AccountSpec& spec,
                         const AccountState& state,
                         Timestamp now,
                         const Authors& besides) {
  Quorum quorum{.need = spec.approvers.need};
  if (!spec.approvers.not_the_author) return quorum;
  auto authors = authors_of_what_waits(state, now);
  if (!authors) return std::move(authors).error();
  quorum.may_approve = [approvers = spec.approvers,
                        authors = merged(std::move(*authors), besides)](const Grantor& by) {
    return why_not_approver(approvers, by.login_uid, authors).empty();
  };
  return quorum;
}

}  // namespace authzd
