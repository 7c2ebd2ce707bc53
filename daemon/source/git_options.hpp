// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The parameters of a Git source beyond the configuration: where to store its repository, its
// limits, and its proxy.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/config/git_url.hpp"
#include "reconciler/base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace authzd {

struct GitLimits {
  std::chrono::milliseconds remote = std::chrono::minutes(2);  // for one call over the network
  std::chrono::milliseconds local = std::chrono::seconds(30);  // for one local call
  std::uint64_t most_pack_bytes = 512U << 20U;                 // received by one fetch
  std::size_t most_text_bytes = LoadLimits{}.max_total_bytes;  // all manifests together
};

struct GitOptions {
  GitSourceConfig config;
  GitUrl url;
  std::filesystem::path directory;  // private; created if missing
  GitLimits limits = {};
  Secret proxy = {};  // URL of the proxy for the repository's host; empty: none
};

}  // namespace authzd
