// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/vanished_grants.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace authzd {
namespace {

using GrantsByFile = std::map<std::string_view, std::size_t>;

std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string held_text(std::size_t grants, const GoodRevision& good) {
  return "held " + count_of(grants, "grant", "grants") + " in revision " + printable(good.revision);
}

/// The entry of `held` for a file that grants nothing: its own, or that of a file of the same name
/// in another folder that is not there any more, as where the manifests' folder was renamed.
GrantsByFile::const_iterator find_former(const GrantsByFile& held,
                                         std::string_view file,
                                         const std::set<std::string_view>& present) {
  const auto own = held.find(file);
  if (own != held.end()) return own;
  return std::ranges::find_if(held, [&](const auto& former) {
    return !present.contains(former.first) && last_name(former.first) == last_name(file);
  });
}

std::optional<Error> emptied_file(const Snapshot& snapshot,
                                  const Desired& desired,
                                  const GoodRevision& good,
                                  const GrantsByFile& held) {
  std::set<std::string_view> present;
  for (const SourceFile& file : snapshot.files) present.insert(file.name);
  std::set<std::string_view> granting;
  for (const Grant& grant : desired.grants) granting.insert(grant.position.file);
  for (const SourceFile& file : snapshot.files) {
    if (granting.contains(file.name)) continue;
    const auto found = find_former(held, file.name, present);
    if (found == held.end()) continue;
    return Error{ErrorCode::invalid_manifest,
                 printable(file.name) + " holds no authorization any more, and " +
                     held_text(found->second, good) +
                     ": it may be half-written. Delete the file if they are to go, or set "
                     "allowEmpty: true"};
  }
  return std::nullopt;
}

/// What lay in a folder whose place a link or a submodule has taken.
std::optional<Error> hidden_folder(const Snapshot& snapshot,
                                   const GoodRevision& good,
                                   const GrantsByFile& held) {
  for (const std::string& place : snapshot.not_followed) {
    std::size_t grants = 0;
    for (const auto& [file, count] : held) {
      if (file.starts_with(place + "/")) grants += count;
    }
    if (grants == 0) continue;
    return Error{ErrorCode::invalid_manifest,
                 printable(place) + " is a link or a submodule now, which is not followed, and " +
                     held_text(grants, good) +
                     " as a folder. Put the folder itself there, or remove the link if they are "
                     "to go"};
  }
  return std::nullopt;
}

/// To ignore a file says that it is not authzd's; this one was, or may have been moved from where
/// it was.
std::optional<Error> ignored_file(const Snapshot& snapshot,
                                  const GoodRevision& good,
                                  const GrantsByFile& held,
                                  const Before& before) {
  std::set<std::string_view> present;
  for (const SourceFile& file : snapshot.files) present.insert(file.name);
  for (const std::string& file : snapshot.ignored) {
    const auto own = held.find(file);
    const bool may_be_moved = !before.may_empty && !before.ignored.contains(file);
    const auto found = own == held.end() && may_be_moved ? find_former(held, file, present) : own;
    if (found == held.end()) continue;
    if (found != own) {
      return Error{
          ErrorCode::invalid_manifest,
          printable(file) + " is ignored by .authzdignore, and " + printable(found->first) +
              ", which is gone, " + held_text(found->second, good) +
              ": it may have been moved there. Take it out of .authzdignore; if the grants "
              "are to go, delete or rename the ignored file, or set allowEmpty: true"};
    }
    return Error{ErrorCode::invalid_manifest,
                 printable(file) + " is ignored by .authzdignore now, and " +
                     held_text(found->second, good) +
                     ". Take it out of .authzdignore, or delete the file if they are to go"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> vanished_grants(const Snapshot& snapshot,
                                     const Desired& desired,
                                     const GoodRevision& good,
                                     const Before& before) {
  GrantsByFile held;
  for (const Grant& grant : good.desired.grants) ++held[grant.position.file];
  if (auto hidden = hidden_folder(snapshot, good, held)) return hidden;
  if (auto ignored = ignored_file(snapshot, good, held, before)) return ignored;
  return before.may_empty ? std::nullopt : emptied_file(snapshot, desired, good, held);
}

}  // namespace authzd
