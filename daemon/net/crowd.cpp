// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/crowd.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace authzd {

struct Crowd::Entry {
  std::string address;
  bool is_clients_turn = true;
  std::stop_source drop = {};
};

struct Crowd::State {
  Entries entries;  // in the order in which the turns of the clients began
  bool is_place_wanted = false;
};

Crowd::Member::Member(std::shared_ptr<State> state, Entries::iterator entry)
    : state_(std::move(state)), entry_(entry) {}

Crowd::Member::Member(Member&&) noexcept = default;

Crowd::Member::~Member() {
  if (state_) state_->entries.erase(entry_);
}

void Crowd::Member::waits_for_client() {
  entry_->is_clients_turn = true;
  Entries& entries = state_->entries;
  entries.splice(entries.end(), entries, entry_);
}

void Crowd::Member::works() {
  entry_->is_clients_turn = false;
}

bool Crowd::Member::is_wanted() const {
  return state_->is_place_wanted;
}

std::stop_token Crowd::Member::dropped() const {
  return entry_->drop.get_token();
}

Crowd::Crowd() : state_(std::make_shared<State>()) {}

Crowd::Member Crowd::join(std::string address) {
  state_->is_place_wanted = false;
  Entries& entries = state_->entries;
  return {state_, entries.insert(entries.end(), Entry{std::move(address)})};
}

void Crowd::drop_one() {
  Entries& entries = state_->entries;
  std::map<std::string, std::size_t> connections;
  const auto is_idle = [](const Entry& entry) {
    return entry.is_clients_turn && !entry.drop.stop_requested();
  };
  std::size_t most = 0;
  for (const Entry& entry : entries) {
    if (is_idle(entry)) most = std::max(most, ++connections[entry.address]);
  }
  const auto victim = std::ranges::find_if(entries, [&](const Entry& entry) {
    return is_idle(entry) && connections[entry.address] == most;
  });
  state_->is_place_wanted = victim == entries.end();
  if (victim != entries.end()) victim->drop.request_stop();
}

}  // namespace authzd
