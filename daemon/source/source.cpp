// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/source.hpp"

#include "daemon/source/directory_source.hpp"
#include "daemon/source/git_source.hpp"
#include "reconciler/base/text.hpp"

#include <chrono>
#include <utility>

namespace authzd {

Async<Lineage> Source::lineage(std::string, std::string) {
  co_return Lineage::follows;
}

Async<bool> Source::still_holds(std::vector<std::string>, std::string) {
  co_return true;
}

Result<std::shared_ptr<Source>> Source::at(const std::string&) const {
  return Error{ErrorCode::rejected,
               "the manifests are in a directory, which has no branches and no commits: name a "
               "configuration whose source is a Git repository"};
}

Async<Authors> Source::authors(std::string, std::string) {
  Authors unknown;
  unknown.is_known = false;
  co_return unknown;
}

namespace {

/// For one reading of a directory. A network file system is slow, and other accounts do not wait
/// for it.
constexpr std::chrono::seconds kReadingLimit(60);

/// The proxy's URL if the repository is behind one; git does not apply our proxy rules itself.
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
    auto made = TempDirectory::make_anywhere();
    if (!made) return std::move(made).error();
    owned = std::move(*made);
    directory = owned.path();
  }
  GitOptions options{.config = config, .url = std::move(*url), .directory = std::move(directory)};
  options.limits.most_text_bytes = config.limits.bytes;
  options.proxy = proxy_to(options.url, place.proxies);
  return std::make_shared<GitSource>(std::move(executor), std::move(options), std::move(owned));
}

}  // namespace

Result<std::shared_ptr<Source>> make_source(boost::asio::any_io_executor executor,
                                            Clock& clock,
                                            const SourceConfig& config,
                                            const SourcePlace& place) {
  if (const auto* git = std::get_if<GitSourceConfig>(&config)) {
    return make_git_source(std::move(executor), *git, place);
  }
  const auto& directory = std::get<DirectorySourceConfig>(config);
  DirectoryOptions options{.quiet = directory.quiet,
                           .limits = {.most_bytes = directory.limits.bytes}};
  options.aside = std::make_shared<Aside>(std::move(executor), kReadingLimit);
  return std::make_shared<DirectorySource>(directory.path, clock, std::move(options));
}

}  // namespace authzd
