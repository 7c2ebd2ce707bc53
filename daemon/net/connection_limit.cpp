// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/connection_limit.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace authzd {

struct ConnectionLimit::Entry {
  std::string address;
  bool is_clients_turn = true;
  std::stop_source drop = {};
};

struct ConnectionLimit::State {
  Entries entries;  // in the order in which the turns of the clients began
  bool is_place_wanted = false;
};

ConnectionLimit::Member::Member(std::shared_ptr<State> state, Entries::iterator entry)
    : state_(std::move(state)), entry_(entry) {}

ConnectionLimit::Member::Member(Member&&) noexcept = default;

ConnectionLimit::Member::~Member() {
  if (state_) state_->entries.erase(entry_);
}

void ConnectionLimit::Member::waits_for_client() {
  entry_->is_clients_turn = true;
  Entries& entries = state_->entries;
  entries.splice(entries.end(), entries, entry_);
}

void ConnectionLimit::Member::works() {
  entry_->is_clients_turn = false;
}

bool ConnectionLimit::Member::is_wanted() const {
  return state_->is_place_wanted;
}

std::stop_token ConnectionLimit::Member::dropped() const {
  return entry_->drop.get_token();
}

ConnectionLimit::ConnectionLimit() : state_(std::make_shared<State>()) {}

ConnectionLimit::Member ConnectionLimit::join(std::string address) {
  state_->is_place_wanted = false;
  Entries& entries = state_->entries;
  return {state_, entries.insert(entries.end(), Entry{std::move(address)})};
}

void ConnectionLimit::drop_one() {
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
