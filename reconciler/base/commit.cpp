// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/commit.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/base/unicode.hpp"

namespace authzd {
namespace {

constexpr std::string_view kPlace = "{commit}";
constexpr std::size_t kShown = 12;

}  // namespace

std::string first_characters(std::string_view text, std::size_t most) {
  std::string_view rest = text;
  for (std::size_t i = 0; i < most && !rest.empty(); ++i) {
    rest.remove_prefix(first_code_point(rest).bytes);
  }
  std::string kept(text.substr(0, text.size() - rest.size()));
  return rest.empty() ? kept : kept + "…";
}

bool is_commit_id(std::string_view text) {
  constexpr std::size_t kSha1 = 40;
  constexpr std::size_t kSha256 = 64;
  return (text.size() == kSha1 || text.size() == kSha256) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view short_revision(std::string_view revision) {
  return is_commit_id(revision) ? revision.substr(0, kShown) : revision;
}

std::string commit_link(std::string_view link, std::string_view revision) {
  if (link.empty() || !is_commit_id(revision)) return {};
  std::string address(link);
  for (auto at = address.find(kPlace); at != std::string::npos; at = address.find(kPlace, at)) {
    address.replace(at, kPlace.size(), revision);
  }
  return address;
}

std::string commit_text(const Commit& commit) {
  std::string text = commit.subject.empty() ? std::string() : quote(commit.subject);
  if (commit.author.empty()) return text;
  return text + (text.empty() ? "by " : " by ") + printable(commit.author);
}

}  // namespace authzd
