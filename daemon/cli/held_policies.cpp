// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/held_policies.hpp"

#include "daemon/cycle/account_memory.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "reconciler/base/text.hpp"

#include <ostream>
#include <utility>

namespace authzd {

void tell_of_unreadable(const CommandContext& context,
                        const AccountSpec& spec,
                        const Holding& holding) {
  const std::string text = unreadable_text(holding.observation.unreadable);
  if (text.empty()) return;
  context.console.err << "authzd: " << printable(spec.name) << ": " << printable(text)
                      << ". They are not among what is shown\n";
}

Result<OwnerOf> owners_in(const AccountRuntime& account, const Holding& holding) {
  const AccountSpec& spec = account.spec();
  const Observation& observation = holding.observation;
  const auto remembered = recollect(spec, account.state(), observation);
  if (!remembered) return remembered.error();
  Ownership ownership = ownership_of(spec, *remembered, observation.identity.iam_id);
  return OwnerOf([id = spec.id, takes_any = spec.owner.empty(), ownership = std::move(ownership)](
                     const Observed& policy, const Description& description) {
    if (takes_any && description.marker && !is_service_made(policy)) return PolicyOwner::ours;
    return owner_of(classify_owner(policy, description, key_of(id, policy.content), ownership));
  });
}

Async<SharedRevision> manifests_in_force(CommandContext context,
                                         const Workplace& place,     // coroutine-ref: the awaiter's
                                         AccountRuntime& account) {  // coroutine-ref: the awaiter's
  SharedRevision good;
  if (place.daemon != nullptr) {
    good = account.loader().good();
  } else {
    auto intent = co_await account.loader().look(account.time().now);
    if (!intent) co_return std::move(intent).error();
    if (intent->good == nullptr && intent->refusal) {
      context.console.err << "authzd: " << printable(account.spec().name)
                          << ": without the manifests: " << intent->refusal->error.message << '\n';
    }
    good = std::move(intent->good);
  }
  co_return locate_instances(account.state(), std::move(good));
}

}  // namespace authzd
