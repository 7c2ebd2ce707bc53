// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/client_slots.hpp"

#include <utility>

namespace authzd {

struct ClientSlots::State {
  SlotLimits limits;
  std::map<unsigned, std::size_t> served_of;  // by user; without the one who is always served
  std::size_t served = 0;                     // their sum
  std::size_t turned_away = 0;
};

ClientSlots::Slot::Slot(std::shared_ptr<State> state, unsigned uid, bool is_served)
    : state_(std::move(state)), uid_(uid), is_served_(is_served) {}

ClientSlots::Slot::~Slot() {
  if (!state_ || uid_ == state_->limits.always_served) return;
  if (!is_served_) {
    --state_->turned_away;
    return;
  }
  --state_->served;
  const auto of_user = state_->served_of.find(uid_);
  if (--of_user->second == 0) state_->served_of.erase(of_user);
}

ClientSlots::ClientSlots(SlotLimits limits) : state_(std::make_shared<State>()) {
  state_->limits = limits;
}

std::optional<ClientSlots::Slot> ClientSlots::take(unsigned uid) {
  const SlotLimits& limits = state_->limits;
  if (uid == limits.always_served) return Slot(state_, uid, true);
  const auto found = state_->served_of.find(uid);
  const std::size_t of_user = found == state_->served_of.end() ? 0 : found->second;
  if (state_->served < limits.served && of_user < limits.of_one_user) {
    ++state_->served;
    ++state_->served_of[uid];
    return Slot(state_, uid, true);
  }
  if (state_->turned_away >= limits.turned_away) return std::nullopt;
  ++state_->turned_away;
  return Slot(state_, uid, false);
}

}  // namespace authzd
