// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/daemon_source.hpp"

#include "daemon/source/confinement.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::minutes kWatchingLimit{1};  // for one look at the tree

}  // namespace

Result<void> DaemonSource::open(Setup& setup) {
  if (!setup.source) return {};
  if (followed_.config == setup.source) {
    last_ = followed_;
  } else {
    if (keeps_copy_ && !setup.state_path.empty()) {
      setup.source_place.state_directory = std::filesystem::path(setup.state_path).parent_path();
    }
    auto made = make_source(executor_, clock_, *setup.source, setup.source_place);
    if (!made) return std::move(made).error();
    last_ = {setup.source, std::move(*made)};
  }
  setup.opened_source = last_.source;
  return {};
}

void DaemonSource::follow() {
  followed_ = last_;
  watcher_.reset();
  const auto& config = followed_.config;
  if (config && std::holds_alternative<GitSourceConfig>(*config) && !can_confine()) {
    log_.warning(
        "this kernel cannot confine git (Landlock): it runs with all rights of this process, and "
        "what a repository could make it do, it may do to keys and state");
  }
  const auto* directory = config ? std::get_if<DirectorySourceConfig>(&*config) : nullptr;
  if (directory == nullptr) return;
  const auto on_change = [poke = poke_, log = log_] {
    log.info("the manifests have changed: starting a cycle");
    poke();
  };
  const auto on_failure = [log = log_](const Error& error) {
    log.warning("changes of the manifests may be found at the next regular cycle only",
                {{"error", to_string(error)}});
  };
  const WatchSeams seams{.aside = std::make_shared<Aside>(executor_, kWatchingLimit)};
  auto made = make_directory_watcher(executor_, directory->path, on_change, on_failure, {}, seams);
  if (made) {
    watcher_ = std::move(*made);
  } else {
    on_failure(made.error());
  }
}

}  // namespace authzd
