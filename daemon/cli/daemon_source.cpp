// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/daemon_source.hpp"

#include <utility>

namespace authzd {

Result<void> DaemonSource::open(Setup& setup) {
  if (!setup.source) return {};
  if (source_ == nullptr || config_ != setup.source) {
    if (keeps_copy_ && !setup.state_path.empty()) {
      setup.source_place.state_directory = std::filesystem::path(setup.state_path).parent_path();
    }
    auto made = make_source(context_.executor, *setup.source, setup.source_place);
    if (!made) return std::move(made).error();
    source_ = std::move(*made);
    config_ = setup.source;
  }
  setup.opened_source = source_;
  return {};
}

void DaemonSource::watch() {
  watcher_.reset();
  const auto* directory = config_ ? std::get_if<DirectorySourceConfig>(&*config_) : nullptr;
  if (directory == nullptr) return;
  const auto on_change = [poke = poke_, log = context_.log] {
    log.info("the manifests have changed: starting a cycle");
    poke();
  };
  auto made = make_directory_watcher(context_.executor, directory->path, on_change);
  if (made) {
    watcher_ = std::move(*made);
  } else {
    context_.log.warning("changes of the manifests are found at the next regular cycle only",
                         {{"error", to_string(made.error())}});
  }
}

}  // namespace authzd
