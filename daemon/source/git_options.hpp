// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a Git source is made from, beyond the configuration: where it may keep its repository, how
// far it may go, and which proxy the environment names.
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
  std::size_t most_text_bytes = 64U << 20U;                    // all manifests together
};

struct GitProxy {
  Secret https;    // as HTTPS_PROXY has it, perhaps with a password; empty: none
  std::string no;  // as NO_PROXY has it
};

struct GitOptions {
  GitSourceConfig config;
  GitUrl url;
  std::filesystem::path directory;  // ours alone; made where it is missing
  GitLimits limits = {};
  GitProxy proxy = {};
};

}  // namespace authzd
