// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Creates a source from the configuration.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/proxy.hpp"
#include "daemon/source/source.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <memory>

namespace authzd {

/// The parameters of a source that are not in its configuration.
struct SourcePlace {
  std::filesystem::path state_directory;  // for a permanent copy of a repository; empty: no such
                                          // copy
  ProxySettings proxies = {};
};

/// One source, for all the accounts of a process. It reads nothing yet. `clock` must outlive it.
/// Errors: invalid_config (an unusable URL or ref of Git); unavailable (no place for a temporary
/// copy).
Result<std::shared_ptr<Source>> make_source(boost::asio::any_io_executor executor,
                                            Clock& clock,
                                            const SourceConfig& config,
                                            const SourcePlace& place);

}  // namespace authzd
