// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_remote_refs.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {
namespace {

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

Error not_there(const std::string& ref) {
  constexpr std::size_t kShortest = 7;
  Error error{
      ErrorCode::not_found,
      "the repository has no branch and no tag " + printable(ref) + "; check source.git.ref"};
  if (ref.size() >= kShortest && is_hex(ref)) {
    error.message += " (a commit is written in full, all 40 digits)";
  }
  return error;
}

}  // namespace

bool is_commit_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && is_hex(text);
}

std::vector<std::string> ref_patterns(const std::string& ref) {
  if (ref.starts_with("refs/")) return {ref};
  return {"refs/heads/" + ref, "refs/tags/" + ref};
}

Result<RemoteRef> pick_ref(std::string_view listed, const std::string& ref) {
  const std::vector<std::string> wanted = ref_patterns(ref);
  std::vector<RemoteRef> found;
  for (const std::string_view line : split_lines(listed)) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || !is_commit_id(line.substr(0, tab))) {
      return Error{ErrorCode::bad_response, "the remote side lists refs that cannot be read"};
    }
    const std::string name(line.substr(tab + 1));  // a pattern also matches the end of other names
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    found.push_back({name, std::string(line.substr(0, tab))});
  }
  if (found.empty()) return not_there(ref);
  if (found.size() > 1) {
    return Error{ErrorCode::invalid_config,
                 printable(ref) + " is a branch and a tag of the repository; write refs/heads/" +
                     printable(ref) + " or refs/tags/" + printable(ref) + " as source.git.ref"};
  }
  return found.front();
}

}  // namespace authzd
