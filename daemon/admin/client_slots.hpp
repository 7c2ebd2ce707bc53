// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How many clients the admin socket serves at a time, and of which user. No user of the group can
// keep the others out, and nobody can keep root out: `suspend` must always be possible.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>

namespace authzd {

struct SlotLimits {
  std::size_t served = 16;       // at once
  std::size_t of_one_user = 8;   // of those
  std::size_t turned_away = 16;  // at once: those over the limits, until each has been told so
  unsigned always_served = 0;    // the user who is served beyond all limits: root
};

class ClientSlots {
  struct State;

 public:
  /// Released when this ends. It may outlive the ClientSlots.
  class Slot {
   public:
    Slot(std::shared_ptr<State> state, unsigned uid, bool is_served);
    Slot(Slot&&) noexcept = default;
    Slot& operator=(Slot&&) = delete;
    ~Slot();

    /// False: the client is over a limit, and is only told so.
    [[nodiscard]] bool is_served() const { return is_served_; }

   private:
    std::shared_ptr<State> state_;
    unsigned uid_;
    bool is_served_;
  };

  explicit ClientSlots(SlotLimits limits);

  /// Nothing where there is not even time to turn the client away: drop the connection.
  std::optional<Slot> take(unsigned uid);

 private:
  std::shared_ptr<State> state_;
};

}  // namespace authzd
