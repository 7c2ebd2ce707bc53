// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/make_source.hpp"

#include "daemon/source/directory_source.hpp"
#include "daemon/source/git_source.hpp"
#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {
namespace {

/// The proxy's URL where one leads to the repository; git has no rules of its own for that.
Secret proxy_to(const GitUrl& url, const ProxySettings& proxies) {
  if (url.protocol != "https") return {};
  const auto server = parse_base_url(url.text);
  const Proxy* proxy = server ? proxies.way_to(server->origin) : nullptr;
  return proxy == nullptr ? Secret() : proxy->url;
}

Result<std::shared_ptr<Source>> make_git_source(boost::asio::any_io_executor executor,
                                                const GitSourceConfig& config,
                                                const SourcePlace& place) {
  auto url = parse_git_url(config.url);
  if (!url) return std::move(url).error();
  if (!is_git_ref(config.ref)) {
    return Error{ErrorCode::invalid_config,
                 printable(config.ref) + " cannot be the name of a branch or tag (source.git.ref)"};
  }
  TempDirectory owned;
  std::filesystem::path directory = place.state_directory / "git";
  if (place.state_directory.empty()) {
    auto made = TempDirectory::make(std::filesystem::temp_directory_path());
    if (!made) return std::move(made).error();
    owned = std::move(*made);
    directory = owned.path();
  }
  GitOptions options{.config = config, .url = std::move(*url), .directory = std::move(directory)};
  options.proxy = proxy_to(options.url, place.proxies);
  return std::make_shared<GitSource>(std::move(executor), std::move(options), std::move(owned));
}

}  // namespace

Result<std::shared_ptr<Source>> make_source(boost::asio::any_io_executor executor,
                                            const SourceConfig& config,
                                            const SourcePlace& place) {
  if (const auto* git = std::get_if<GitSourceConfig>(&config)) {
    return make_git_source(std::move(executor), *git, place);
  }
  return std::make_shared<DirectorySource>(std::get<DirectorySourceConfig>(config).path);
}

}  // namespace authzd
