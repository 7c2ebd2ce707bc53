// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/config/commit_link.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

constexpr std::string_view kPlace = "{commit}";
constexpr std::size_t kLongest = 500;

Error refused_link(std::string why) {
  return {ErrorCode::invalid_config, "the link to commits " + std::move(why)};
}

bool is_odd(char c) {
  return c <= ' ' || c > '~' || std::string_view("\"'<>\\^`|{}").find(c) != std::string_view::npos;
}

struct Host {
  std::string_view name;
  std::string_view page;  // between the repository and the commit
};

constexpr std::array<Host, 3> kHosts{
    {{"github.com", "/commit/"}, {"gitlab.com", "/-/commit/"}, {"bitbucket.org", "/commits/"}}};

/// "org/repo" of "https://host/org/repo.git", "ssh://git@host:22/org/repo" and "git@host:org/repo".
std::string_view repository_of(std::string_view text) {
  const std::size_t scheme = text.find("://");
  const bool is_short = scheme == std::string_view::npos;
  const std::size_t end =
      is_short ? text.find(':') : text.find('/', scheme + std::string_view("://").size());
  if (end == std::string_view::npos) return {};
  std::string_view path = text.substr(end + 1);
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  return path;
}

}  // namespace

Result<void> check_commit_link(std::string_view link) {
  const std::size_t scheme = link.starts_with("https://") ? 8 : link.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return refused_link("is neither https://… nor http://…");
  if (link.size() > kLongest) return refused_link("is longer than 500 characters");
  std::string rest(link);
  std::size_t places = 0;
  for (auto at = rest.find(kPlace); at != std::string::npos; at = rest.find(kPlace)) {
    rest.erase(at, kPlace.size());
    ++places;
  }
  if (places == 0) return refused_link("has no {commit}, for which the id of a commit is put in");
  if (std::ranges::any_of(rest, is_odd)) {
    return refused_link("has white space, quotes, braces or other odd characters");
  }
  const std::string_view host = link.substr(scheme, link.find_first_of("/?#", scheme) - scheme);
  if (host.empty() || host.find(kPlace) != std::string_view::npos)
    return refused_link("names no host");
  if (host.find('@') != std::string_view::npos) return refused_link("has a user or a password");
  return {};
}

std::string default_commit_link(const GitUrl& url) {
  const std::string host = to_lower(url.host);
  const auto* known = std::ranges::find(kHosts, host, &Host::name);
  const std::string_view path = repository_of(url.text);
  const bool is_plain = std::ranges::none_of(path, [](char c) {
    return is_odd(c) || std::string_view("?#@%:").find(c) != std::string_view::npos;
  });
  if (known == kHosts.end() || !is_plain || path.find('/') == std::string_view::npos) return {};
  return "https://" + host + "/" + std::string(path) + std::string(known->page) +
         std::string(kPlace);
}

}  // namespace authzd
