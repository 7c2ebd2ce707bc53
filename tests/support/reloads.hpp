// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A reload of accounts that a test opens by itself.
#pragma once

#include "daemon/service/daemon.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace authzd::test {

/// For DaemonParts: the accounts that `read` returns, one by one; null if `read` is.
inline std::function<Result<AccountsToOpen>()> reload_of(std::function<Result<Accounts>()> read) {
  if (!read) return {};
  return [read = std::move(read)]() -> Result<AccountsToOpen> {
    auto accounts = read();
    if (!accounts) return std::move(accounts).error();
    const auto shared = std::make_shared<Accounts>(std::move(*accounts));
    return AccountsToOpen{shared->size(),
                          [shared](std::size_t number) -> Result<std::shared_ptr<AccountRuntime>> {
                            return (*shared)[number];
                          }};
  };
}

}  // namespace authzd::test
