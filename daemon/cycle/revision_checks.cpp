// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/revision_checks.hpp"

#include "daemon/cycle/instance_look_up.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/instances.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace authzd {

namespace {

using Places = std::map<InstanceName, SourcePos>;  // of the first grant that has the name

Places places_of(const Desired& desired) {
  Places places;
  for (const Grant& grant : desired.grants) {
    for (const auto* name : {&grant.source_instance, &grant.target_instance}) {
      if (!*name) continue;
      const auto [place, is_new] = places.emplace(**name, grant.position);
      if (!is_new && grant.position < place->second) place->second = grant.position;
    }
  }
  return places;
}

/// The manifest, or the account, has to change; otherwise the look-up itself failed.
bool is_fault_of_name(ErrorCode code) {
  return code == ErrorCode::not_found || code == ErrorCode::conflict || code == ErrorCode::rejected;
}

Diagnostic fault_at(const SourcePos& position, const Error& error) {
  Diagnostic fault;
  fault.position = position;
  fault.message = printable(error.message);
  return fault;
}

Diagnostic fault_of(const SameGrant& same) {
  Diagnostic fault;
  fault.position = same.grant->position;
  fault.message = "with the ids of its instances this source and target are already granted in " +
                  quote(same.other->name) + " at " + printable(to_string(same.other->position)) +
                  ": IAM holds one policy for them";
  fault.hint = "put all roles into one of the two";
  return fault;
}

}  // namespace

Async<LocatedNames> locate_names(PolicyReader& reader,  // coroutine-ref: the awaiter's
                                 Desired desired,
                                 KnownInstances last) {
  LocatedNames names;
  const Places places = places_of(desired);
  std::set<std::string> unknown;
  for (const auto& [name, position] : places) {
    if (!last.contains(name)) unknown.insert(name.name);
  }
  auto table = co_await look_up_instances(reader, std::move(unknown));
  if (!table) co_return std::move(table).error();
  for (const auto& [name, position] : places) {
    if (last.contains(name)) continue;
    auto id = find_instance(name, desired.account, *table);
    if (id) {
      names.located.emplace(name, KnownInstance{std::move(*id)});
    } else if (is_fault_of_name(id.error().code)) {
      names.faults.push_back(fault_at(position, id.error()));
    } else if (!names.failure) {
      names.failure = std::move(id).error();
    }
  }
  last.insert(names.located.begin(), names.located.end());
  for (const SameGrant& same : same_grants(desired, last)) names.faults.push_back(fault_of(same));
  sort_diagnostics(names.faults);
  co_return names;
}

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

/// A folder in the place of a file, as a mount or a tool makes one, unless it holds something.
std::optional<Error> emptied_place(const Snapshot& snapshot,
                                   const GoodRevision& good,
                                   const HeldByFile& held,
                                   const HeldByFile& holding) {
  for (const std::string& place : snapshot.manifest_folders) {
    const auto found = held.find(place);
    if (found == held.end()) continue;
    const bool holds = std::ranges::any_of(
        holding, [below = place + "/"](const auto& each) { return each.first.starts_with(below); });
    if (holds) continue;
    return Error{ErrorCode::invalid_manifest,
                 printable(place) + " is a folder without manifests now, and " +
                     held_text(found->second, good) +
                     ". Put the file back, or remove the folder if they are to go, or set "
                     "allowEmpty: true"};
  }
  return std::nullopt;
}

std::optional<Error> emptied_file(const Snapshot& snapshot,
                                  const Desired& desired,
                                  const GoodRevision& good,
                                  const HeldByFile& held,
                                  const std::set<std::string>& elsewhere) {
  std::set<std::string_view> present;
  for (const SourceFile& file : snapshot.files) present.insert(file.name);
  const HeldByFile holding = held_by_file(desired);
  for (const SourceFile& file : snapshot.files) {
    if (holding.contains(file.name) || elsewhere.contains(file.name)) continue;
    const auto found = find_former(held, file.name, present);
    if (found == held.end()) continue;
    return Error{ErrorCode::invalid_manifest,
                 printable(file.name) + " holds no " +
                     (found->second.grants > 0 ? "authorization" : "assertion") +
                     " any more, and " + held_text(found->second, good) +
                     ": it may be half-written. Delete the file if they are to go, or set "
                     "allowEmpty: true"};
  }
  return emptied_place(snapshot, good, held, holding);
}

/// Grants of a folder or a file in whose place something is that is not read.
std::optional<Error> hidden_place(const Snapshot& snapshot,
                                  const GoodRevision& good,
                                  const HeldByFile& held) {
  for (const std::string& place : snapshot.not_followed) {
    Held all;
    for (const auto& [file, one] : held) {
      if (file != place && !file.starts_with(place + "/")) continue;
      all.grants += one.grants;
      all.assertions += one.assertions;
    }
    if (all.grants + all.assertions == 0) continue;
    return Error{ErrorCode::invalid_manifest,
                 printable(place) +
                     " is a link, a submodule or a special file now, which is not "
                     "followed, and " +
                     held_text(all, good) +
                     ". Put the file or the folder itself there, or remove what is there now if "
                     "they are to go"};
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
  if (auto hidden = hidden_place(snapshot, good, held)) return hidden;
  if (auto ignored = ignored_file(snapshot, good, held, before)) return ignored;
  return before.may_empty ? std::nullopt
                          : emptied_file(snapshot, desired, good, held, before.elsewhere);
}

Error invalid_revision(const std::vector<Diagnostic>& diagnostics) {
  const auto errors = static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::error;
      }));
  return {ErrorCode::invalid_manifest,
          "the manifests have " + count_of(errors, "error", "errors") +
              "; nothing of this revision is applied"};
}

Error empty_source(std::size_t elsewhere) {
  const std::string what =
      elsewhere == 0 ? "the manifests hold no authorization"
                     : "none of the " + count_of(elsewhere, "authorization", "authorizations") +
                           " in the manifests is for this account (metadata.accounts)";
  return {ErrorCode::invalid_manifest,
          what + "; if that is meant, set allowEmpty: true at the account in the configuration"};
}

Error never_read(std::size_t attempts) {
  return {ErrorCode::invalid_manifest,
          "authzd ended " + count_of(attempts, "time", "times") +
              " while it read this revision, so it is not read again: it may ask for more time or "
              "memory than there is. 'authzd validate PATH' shows what is in it; another revision "
              "is read as ever"};
}

Error no_descendant(const std::string& revision,
                    const std::string& applied,
                    Lineage lineage,
                    bool can_be_let_in,
                    const std::string& approve_options) {
  const std::string how =
      lineage == Lineage::goes_back
          ? ", the one applied last, descends from it: the branch was set back"
          : ", the one applied last, is no ancestor of it: the branch was set back, or its "
            "history rewritten";
  const std::string advice =
      can_be_let_in
          ? ". If that is meant: authzd approve " + printable(revision) + approve_options
          : ". Nobody can say who did that, so that with rails.approvers.notTheAuthor nobody can "
            "let it in: set the branch to " +
                printable(applied) + " again, and commit what is meant on top of it";
  return {
      ErrorCode::unsafe_plan,
      "revision " + printable(revision) + " is not applied: " + printable(applied) + how + advice};
}

}  // namespace authzd
