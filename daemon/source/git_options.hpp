// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a Git source is made from, beyond the configuration: where it may keep its repository, how
// far it may go, and through which proxy.
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
  std::chrono::milliseconds remote = std::chrono::minutes(2);  // one call that uses the network
  std::chrono::milliseconds local = std::chrono::seconds(30);  // one call that does not
  std::uint64_t most_pack_bytes = 512U << 20U;                 // what one fetch may bring
  std::size_t most_text_bytes = LoadLimits{}.max_total_bytes;  // all manifests together
};

struct GitOptions {
  GitSourceConfig config;
  GitUrl url;
  std::filesystem::path directory;  // ours alone; made where it is missing
  GitLimits limits = {};
  Secret proxy = {};  // URL of the one that leads to the repository's host; empty: none does
};

}  // namespace authzd
