// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A value whose copies share it until one of them is changed: for what is large, copied often and
// changed seldom.
#pragma once

#include <initializer_list>
#include <memory>
#include <utility>

namespace authzd {

template <class T>
class CopyOnWrite {
 public:
  CopyOnWrite() = default;
  CopyOnWrite(T value)  // NOLINT(google-explicit-constructor)
      : value_(std::make_shared<T>(std::move(value))) {}
  CopyOnWrite(std::initializer_list<typename T::value_type> elements) : CopyOnWrite(T(elements)) {}

  const T& operator*() const {
    static const T kEmpty{};
    return value_ == nullptr ? kEmpty : *value_;
  }
  const T* operator->() const { return &**this; }

  /// For one who changes it: a copy, if others share it.
  T& own() {
    if (value_.use_count() != 1) value_ = std::make_shared<T>(**this);
    return *value_;
  }

  bool operator==(const CopyOnWrite& other) const {
    return value_ == other.value_ || **this == *other;
  }

 private:
  std::shared_ptr<T> value_;  // null: empty
};

}  // namespace authzd
