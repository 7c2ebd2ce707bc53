// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Result<T>: a value or an Error. It wraps tl::expected only to put [[nodiscard]] on the type, so
// that a dropped result is a warning everywhere (and an error in the clang build).
#pragma once

#include "reconciler/base/error.hpp"

#include <tl/expected.hpp>

#include <utility>

namespace authzd {

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
  using Base = tl::expected<T, Error>;

 public:
  using Base::Base;
  // Implicit on purpose: `return Error{…};` and monadic chains read as plain returns.
  Result(Base base) : Base(std::move(base)) {}                   // NOLINT(*-explicit-*)
  Result(Error error) : Base(tl::unexpect, std::move(error)) {}  // NOLINT(*-explicit-*)
};

}  // namespace authzd
