// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/vanished_grants.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace authzd {
namespace {

/// The content of a file.
struct Held {
  std::size_t grants = 0;
  std::size_t assertions = 0;
};
using HeldByFile = std::map<std::string_view, Held>;

HeldByFile held_by_file(const Desired& desired) {
  HeldByFile held;
  for (const Grant& grant : desired.grants) ++held[grant.position.file].grants;
  for (const Assertion& assertion : desired.assertions) {
    ++held[assertion.position.file].assertions;
  }
  return held;
}

std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string held_text(const Held& held, const GoodRevision& good) {
  std::string text;
  if (held.grants > 0) text = count_of(held.grants, "grant", "grants");
  if (held.assertions > 0) {
    text += (text.empty() ? "" : " and ") + count_of(held.assertions, "assertion", "assertions");
  }
  return "held " + text + " in revision " + printable(good.revision);
}

/// The entry of `held` for a file that grants nothing: its own, or that of a file with the same
/// name in a folder that no longer exists, as after a rename of the manifests' folder.
HeldByFile::const_iterator find_former(const HeldByFile& held,
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
                                  const HeldByFile& held) {
  std::set<std::string_view> present;
  for (const SourceFile& file : snapshot.files) present.insert(file.name);
  const HeldByFile holding = held_by_file(desired);
  for (const SourceFile& file : snapshot.files) {
    if (holding.contains(file.name)) continue;
    const auto found = find_former(held, file.name, present);
    if (found == held.end()) continue;
    return Error{ErrorCode::invalid_manifest,
                 printable(file.name) + " holds no " +
                     (found->second.grants > 0 ? "authorization" : "assertion") +
                     " any more, and " + held_text(found->second, good) +
                     ": it may be half-written. Delete the file if they are to go, or set "
                     "allowEmpty: true"};
  }
  return std::nullopt;
}

/// Grants of a folder that a link or a submodule has replaced.
std::optional<Error> hidden_folder(const Snapshot& snapshot,
                                   const GoodRevision& good,
                                   const HeldByFile& held) {
  for (const std::string& place : snapshot.not_followed) {
    Held all;
    for (const auto& [file, one] : held) {
      if (!file.starts_with(place + "/")) continue;
      all.grants += one.grants;
      all.assertions += one.assertions;
    }
    if (all.grants + all.assertions == 0) continue;
    return Error{ErrorCode::invalid_manifest,
                 printable(place) + " is a link or a submodule now, which is not followed, and " +
                     held_text(all, good) +
                     " as a folder. Put the folder itself there, or remove the link if they are "
                     "to go"};
  }
  return std::nullopt;
}

/// An ignored file is said not to be authzd's; this one was, or may have been moved.
std::optional<Error> ignored_file(const Snapshot& snapshot,
                                  const GoodRevision& good,
                                  const HeldByFile& held,
                                  const Before& before) {
  std::set<std::string_view> present;
  for (const SourceFile& file : snapshot.files) present.insert(file.name);
  for (const std::string& file : snapshot.ignored) {
    const auto own = held.find(file);
    const bool may_be_moved = !before.may_empty && !before.ignored.contains(file);
    const auto found = own == held.end() && may_be_moved ? find_former(held, file, present) : own;
    if (found == held.end()) continue;
    if (found != own) {
      return Error{ErrorCode::invalid_manifest,
                   printable(file) + " is ignored by .authzdignore, and " +
                       printable(found->first) + ", which is gone, " +
                       held_text(found->second, good) +
                       ": it may have been moved there. Take it out of .authzdignore; if they "
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
  const HeldByFile held = held_by_file(good.desired);
  if (auto hidden = hidden_folder(snapshot, good, held)) return hidden;
  if (auto ignored = ignored_file(snapshot, good, held, before)) return ignored;
  return before.may_empty ? std::nullopt : emptied_file(snapshot, desired, good, held);
}

}  // namespace authzd
