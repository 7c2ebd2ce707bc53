// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_party.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/value_forms.hpp"

#include <utility>
#include <vector>

namespace authzd {
namespace {

constexpr std::size_t kMostNamed = 5;  // accounts in a message

}  // namespace

std::string fault_of(const ReachParty& party, std::string_view written) {
  if (party.service.empty()) {
    return quote(written) + " names no service: write kms, kms:INSTANCE, or a whole CRN";
  }
  if (!party.account.empty() && !is_account_id(party.account)) {
    return quote(written) + " has no account id after \"a/\": it has 32 hex digits";
  }
  return {};
}

Result<Accounts> accounts_of(const Accounts& accounts, const ReachParty& target) {
  if (target.account.empty()) return accounts;
  Accounts found;
  std::vector<std::string> others;
  for (const auto& account : accounts) {
    if (account->spec().id.value == target.account) {
      found.push_back(account);
    } else {
      others.push_back(printable(account->spec().name));
    }
  }
  if (!found.empty()) return found;
  if (others.size() > kMostNamed) {
    const std::size_t more = others.size() - kMostNamed;
    others.resize(kMostNamed);
    others.push_back(std::to_string(more) + " more");
  }
  return Error{ErrorCode::rejected,
               "the CRN is of the account " + printable(target.account) +
                   ", and a policy lies in the account of its target; this call asks " +
                   join(others, ", ")};
}

Async<std::optional<std::string>> id_of_instance(
    AccountRuntime& account,  // coroutine-ref: the awaiter's
    std::string service,
    std::string given) {
  if (given.empty() || is_usual_instance_id(given)) co_return std::optional(given);
  const auto known = account.state().instances.known();
  if (!known) co_return known.error();
  for (const auto& [instance, ids] : *known) {
    if (instance.service == service && instance.name == given) co_return std::optional(ids.id);
  }
  std::string asked = given;
  auto listed = co_await account.reader().instances(std::move(asked));
  if (!listed) co_return std::nullopt;
  std::erase_if(*listed,
                [&service](const Instance& one) { return one.service != service || one.is_gone; });
  if (listed->size() > 1) {
    co_return Error{ErrorCode::rejected,
                    count_of(listed->size(), "instance", "instances") + " of " +
                        printable(service) + " are called " + quote(given) + ": give the id"};
  }
  if (listed->empty()) co_return std::nullopt;
  co_return std::optional(listed->front().id);
}

}  // namespace authzd
