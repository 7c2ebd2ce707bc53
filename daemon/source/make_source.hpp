// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From the configuration to a source.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/source/source.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <memory>

namespace authzd {

/// Where a source stands: what is not of its configuration.
struct SourcePlace {
  std::filesystem::path state_directory;  // where a copy of a repository stays; empty: nowhere
  ProxySettings proxies = {};
};

/// One source, for all the accounts of a process. It reads nothing yet. `clock` must outlive it.
/// Errors: invalid_config (a URL or a ref of Git that cannot be used); unavailable (no place for a
/// copy that does not stay).
Result<std::shared_ptr<Source>> make_source(boost::asio::any_io_executor executor,
                                            Clock& clock,
                                            const SourceConfig& config,
                                            const SourcePlace& place);

}  // namespace authzd
