// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Tells the schema check what the loaders know: the keys of each map, and their word on a manifest.
#include "daemon/config/config_keys.hpp"
#include "daemon/config/fleet_file.hpp"
#include "reconciler/manifest/assertion_decoder.hpp"
#include "reconciler/manifest/loader.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

namespace authzd {
namespace {

int print_keys(const std::vector<KeyList>& lists) {
  for (const KeyList& list : lists) {
    std::cout << list.path << "\t";
    for (const std::string_view key : list.keys) std::cout << key << " ";
    std::cout << "\n";
  }
  return 0;
}

SourceFile read(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {path, {std::istreambuf_iterator<char>(in), {}}};
}

int check_fleet(const char* path) {
  const FleetOutcome outcome = load_fleet(read(path));
  std::cout << render(outcome.diagnostics);
  return has_errors(outcome.diagnostics) ? 1 : 0;
}

int check(const char* path) {
  const std::vector<SourceFile> files{read(path)};
  LoadOptions options;
  options.account = AccountId("0123456789abcdef0123456789abcdef");
  const LoadOutcome outcome = load_manifests(files, options);
  std::cout << render(outcome.diagnostics);
  return has_errors(outcome.diagnostics) ? 1 : 0;
}

}  // namespace
}  // namespace authzd

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "authorization") return authzd::print_keys(authzd::authorization_key_lists());
  if (what == "assertion") return authzd::print_keys(authzd::assertion_key_lists());
  if (what == "configuration") {
    return authzd::print_keys(authzd::config_keys::configuration_key_lists());
  }
  if (what == "fleet") return authzd::print_keys(authzd::config_keys::fleet_key_lists());
  if (what == "check-fleet" && argc > 2) return authzd::check_fleet(argv[2]);
  return what == "check" && argc > 2 ? authzd::check(argv[2]) : 64;
}
