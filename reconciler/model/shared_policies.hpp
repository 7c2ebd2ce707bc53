// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies that several look at and that nobody changes under another: who wants to change them
// has a copy made where they are not the only one.
#pragma once

#include "reconciler/model/policy.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace authzd {

class SharedPolicies {
 public:
  using value_type = Observed;
  using const_iterator = std::vector<Observed>::const_iterator;
  using iterator = const_iterator;

  SharedPolicies() = default;
  SharedPolicies(std::vector<Observed> policies)  // NOLINT(google-explicit-constructor)
      : policies_(std::make_shared<std::vector<Observed>>(std::move(policies))) {}

  [[nodiscard]] const std::vector<Observed>& all() const {
    static const std::vector<Observed> kNone;
    return policies_ == nullptr ? kNone : *policies_;
  }
  operator const std::vector<Observed>&() const {  // NOLINT(google-explicit-constructor)
    return all();
  }

  [[nodiscard]] const_iterator begin() const { return all().begin(); }
  [[nodiscard]] const_iterator end() const { return all().end(); }
  [[nodiscard]] std::size_t size() const { return all().size(); }
  [[nodiscard]] bool empty() const { return all().empty(); }
  [[nodiscard]] const Observed& operator[](std::size_t at) const { return all()[at]; }
  [[nodiscard]] const Observed& at(std::size_t at) const { return all().at(at); }

  /// The active one with that id, or null. They must be sorted by it.
  [[nodiscard]] const Observed* find_active(const PolicyId& id) const {
    const auto found = std::ranges::lower_bound(all(), id, {}, &Observed::id);
    const bool is_active = found != end() && found->id == id && found->state == PolicyState::active;
    return is_active ? &*found : nullptr;
  }

  /// For one who changes them: a copy, where others look at them too.
  [[nodiscard]] std::vector<Observed>& own() {
    if (policies_.use_count() != 1) policies_ = std::make_shared<std::vector<Observed>>(all());
    return *policies_;
  }

  /// Whether the two look at the same policies, and not only at equal ones.
  [[nodiscard]] bool is_same(const SharedPolicies& other) const {
    return policies_ == other.policies_;
  }

 private:
  std::shared_ptr<std::vector<Observed>> policies_;  // null: none
};

}  // namespace authzd
