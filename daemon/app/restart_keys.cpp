// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/restart_keys.hpp"

namespace authzd {

std::vector<std::string> keys_for_restart(const Setup& started, const Setup& now) {
  std::vector<std::string> keys;
  const auto compare = [&keys](const char* key, const auto& before, const auto& after) {
    if (before != after) keys.emplace_back(key);
  };
  compare("state", started.state_path, now.state_path);
  compare("admin.socket", started.socket, now.socket);
  compare("admin.listen", started.admin.listen, now.admin.listen);
  compare("admin.tokenFile", started.admin.token_file, now.admin.token_file);
  compare("admin.hookSecretFile", started.admin.hook_secret_file, now.admin.hook_secret_file);
  return keys;
}

}  // namespace authzd
