// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/fleet_book.hpp"

#include "daemon/cli/fleet_lineage.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <variant>

namespace authzd {
namespace {

std::string name_of_part(const FleetPart& part) {
  return part.file.empty() ? "profiles " + part.profile : "file " + part.file;
}

/// What shows it, for people.
std::string shown_part(const FleetPart& part) {
  return part.file.empty() ? "IAM's list of the profiles " + printable(part.profile)
                           : printable(part.file);
}

AccountTraits::Texts overlaid(AccountTraits::Texts common, const AccountTraits::Texts& own) {
  for (const auto& [name, value] : own) common[name] = value;
  return common;
}

AccountSetup account_of(const FleetPart& part,
                        const KnownAccount& known,
                        std::shared_ptr<const FleetRevision> revision) {
  const FleetEntry& entry = known.entry;
  AccountSetup account = part.common;
  AccountSpec& spec = account.spec;
  spec.name = entry.traits.name;
  spec.id = entry.id;
  spec.fleet_common = {{}, spec.labels, spec.params};
  spec.labels = overlaid(spec.labels, entry.traits.labels);
  spec.params = overlaid(spec.params, entry.traits.params);
  spec.origin = part.file.empty() ? AccountOrigin::discovered : AccountOrigin::file;
  // Whoever may write the file may ask for less than the configuration allows, and not for more.
  account.bound = std::min(account.bound, entry.mode);
  spec.mode = std::min(spec.mode, entry.mode);
  spec.is_removed = entry.is_removed;
  if (entry.is_removed) spec.rails.limits.max_delete = 0;
  if (known.is_lost) {
    spec.unreachable =
        shown_part(part) +
        " shows this account no longer; nothing is planned or written in it. To have "
        "it leave, name it in a file of accounts with removed: true";
  }
  account.credential.account = entry.id;
  if (!entry.profile.empty()) account.credential.assume_profile = entry.profile;
  std::string facts = traits_text({spec.name, spec.labels, spec.params});
  facts += std::string(to_string(spec.mode)) + '\n' + entry.profile + '\n' + spec.unreachable;
  if (revision) facts += '\n' + std::to_string(revision->generation);
  spec.fleet = std::move(revision);
  account.fingerprint = sha256_hex(facts + (spec.is_removed ? "removed" : ""));
  return account;
}

}  // namespace

Async<std::vector<FleetEntry>> FleetBook::ask(
    FleetPart part,
    std::shared_ptr<Source> source,
    Timestamp now,
    std::string& revision,  // coroutine-ref: the awaiter's
    Look& out) {            // coroutine-ref: the awaiter's
  if (part.file.empty()) {
    if (discover_ == nullptr) {
      co_return Error{ErrorCode::unavailable, "only IAM can tell, which is not asked here"};
    }
    co_return co_await discover_(std::move(part));
  }
  if (source == nullptr) co_return Error{ErrorCode::unavailable, "no source is read here"};
  std::vector<std::string> paths{part.file};
  auto fetched = co_await source->fetch(std::move(paths), "");
  if (!fetched) co_return std::move(fetched).error();
  revision = std::visit([](const auto& each) { return each.revision; }, *fetched);
  if (auto* refused = std::get_if<RefusedRevision>(&*fetched)) co_return std::move(refused->why);
  const Snapshot& snapshot = std::get<Snapshot>(*fetched);
  if (auto follows = co_await check_lineage(part, source, revision, now); !follows) {
    co_return std::move(follows).error();
  }
  if (snapshot.files.size() != 1) {
    co_return Error{ErrorCode::invalid_manifest,
                    "it is not one file: accounts.file names a YAML file of the source"};
  }
  FleetOutcome loaded = load_fleet(snapshot.files.front());
  const bool is_valid = !has_errors(loaded.diagnostics);
  std::ranges::move(loaded.diagnostics, std::back_inserter(out.diagnostics));
  if (!is_valid) {
    co_return Error{ErrorCode::invalid_manifest, "it has errors"};
  }
  co_return std::move(loaded.entries);
}

Async<void> FleetBook::check_lineage(const FleetPart& part,  // coroutine-ref: the awaiter's
                                     std::shared_ptr<Source> source,
                                     std::string revision,
                                     Timestamp now) {
  const std::string name = name_of_part(part);
  auto taken = store_.revision(name);
  if (!taken) co_return std::move(taken).error();
  FleetPast past{database_, {}, std::move(*taken)};
  if (const auto known = known_.find(name); known != known_.end()) past.accounts = known->second;
  co_return co_await check_fleet_lineage(
      std::move(past), part, std::move(source), std::move(revision), now);
}

/// An account whose entry has changed gets another object: the one that is in force until the next
/// reload must not take a revision whose labels it does not have.
void FleetBook::sort_revisions(const FleetPart& part, const std::vector<KnownAccount>& earlier) {
  if (part.file.empty()) return;
  std::map<AccountId, const KnownAccount*> before;
  for (const KnownAccount& each : earlier) before.emplace(each.entry.id, &each);
  auto& of = revisions_[name_of_part(part)].of;
  std::map<AccountId, std::shared_ptr<FleetRevision>> sorted;
  for (const KnownAccount& each : known_[name_of_part(part)]) {
    const AccountId& id = each.entry.id;
    const auto found = before.find(id);
    const bool is_same = found != before.end() && *found->second == each && of.contains(id);
    auto revision = is_same ? of.at(id) : std::make_shared<FleetRevision>();
    if (!is_same) *revision = {.file = part.file, .generation = ++generation_, .look = look_};
    sorted.emplace(id, std::move(revision));
  }
  of = std::move(sorted);
}

Result<void> FleetBook::note_taken(const FleetPart& part, const std::string& revision, Look& out) {
  if (revision.empty()) return {};
  const std::string name = name_of_part(part);
  auto& [last, of] = revisions_[name];
  out.has_new_revision = out.has_new_revision || last != revision;
  last = revision;
  for (const auto& [id, each] : of) {
    each->revision = revision;
    each->refused.clear();
  }
  return is_commit_id(revision) ? store_.keep_revision(name, revision) : Result<void>{};
}

/// Its accounts refuse the revision, too.
void FleetBook::note_refused(const FleetPart& part,
                             const std::string& revision,
                             const Error& why,
                             Look& out) {
  if (revision.empty()) return;
  auto& [last, of] = revisions_[name_of_part(part)];
  out.has_new_revision = out.has_new_revision || last != revision;
  last = revision;
  for (const auto& [id, each] : of) {
    each->refused = revision;
    each->why = why;
  }
}

void FleetBook::look_by(std::shared_ptr<FleetLook> look) {
  look_ = std::move(look);
  for (const auto& [part, revisions] : revisions_) {
    for (const auto& [id, each] : revisions.of) each->look = look_;
  }
}

Result<void> FleetBook::recall(const FleetPart& part) {
  const std::string name = name_of_part(part);
  if (known_.contains(name)) return {};
  auto known = store_.known(name);
  if (!known) return std::move(known).error();
  if (known->empty()) return {};
  known_[name] = std::move(*known);
  sort_revisions(part, {});
  return {};
}

/// By an account of another part, which keeps it: documents may be meant for it by name.
bool FleetBook::is_name_taken(const std::string& part, const FleetEntry& entry) const {
  const auto has_it = [&](const KnownAccount& each) {
    return each.entry.traits.name == entry.traits.name && each.entry.id != entry.id &&
           !each.is_lost && !each.is_named_by_id;
  };
  const auto earlier = known_.find(part);
  if (earlier != known_.end()) {
    for (const KnownAccount& each : earlier->second) {
      const bool is_it = each.entry.id == entry.id && each.entry.traits.name == entry.traits.name;
      if (is_it && !each.is_named_by_id) return false;
    }
  }
  return std::ranges::any_of(known_, [&](const auto& other) {
    return other.first != part && std::ranges::any_of(other.second, has_it);
  });
}

/// Those that are shown, in their order, and then those that were.
Result<bool> FleetBook::take(const FleetPart& part, std::vector<FleetEntry> entries) {
  const std::string name = name_of_part(part);
  std::set<AccountId> shown;
  std::vector<KnownAccount> accounts;
  for (FleetEntry& entry : entries) {
    shown.insert(entry.id);
    const bool is_taken = is_name_taken(name, entry);
    accounts.push_back({std::move(entry), false, is_taken});
  }
  for (const KnownAccount& earlier : known_[name]) {
    const bool has_left = earlier.entry.is_removed;
    if (shown.contains(earlier.entry.id) || has_left) continue;
    accounts.push_back({earlier.entry, true, earlier.is_named_by_id});
  }
  if (accounts == known_[name]) return false;
  if (auto kept = store_.keep(name, accounts); !kept) return std::move(kept).error();
  std::swap(known_[name], accounts);
  sort_revisions(part, accounts);
  ++version_;
  return true;
}

Async<FleetBook::Look> FleetBook::look(const std::vector<FleetPart>& fleet,
                                       std::shared_ptr<Source> source,
                                       Timestamp now) {
  Look out;
  // All first: which names are taken is known then.
  for (const FleetPart& part : fleet) {
    if (auto recalled = recall(part); !recalled) co_return std::move(recalled).error();
  }
  for (const FleetPart& part : fleet) {
    std::string revision;
    auto entries = co_await ask(part, source, now, revision, out);
    if (!entries) {
      note_refused(part, revision, entries.error(), out);
      const bool is_known = known_.contains(name_of_part(part));
      (is_known ? out.delays : out.failures)
          .push_back(
              std::move(entries).error().context("reading the accounts of " + shown_part(part)));
      continue;
    }
    auto changed = take(part, std::move(*entries));
    if (!changed) co_return std::move(changed).error();
    out.has_changed = out.has_changed || *changed;
    if (auto noted = note_taken(part, revision, out); !noted) {
      co_return std::move(noted).error();
    }
  }
  co_return out;
}

Async<FleetBook::Look> add_offline_accounts(Setup& setup,  // coroutine-ref: the awaiter's
                                            std::shared_ptr<Source> source) {
  std::erase_if(setup.fleet, [](const FleetPart& part) { return part.file.empty(); });
  FleetBook book(nullptr, nullptr);
  auto look = co_await book.look(setup.fleet, std::move(source), Timestamp());
  if (!look) co_return look;
  const auto renamed = book.add_to(setup);
  if (!renamed.empty()) co_return Error{ErrorCode::invalid_config, renamed.front()};
  co_return look;
}

std::shared_ptr<const FleetRevision> FleetBook::revision_of(const FleetPart& part,
                                                            const AccountId& account) const {
  const auto revisions = revisions_.find(name_of_part(part));
  if (revisions == revisions_.end()) return nullptr;
  const auto found = revisions->second.of.find(account);
  return found == revisions->second.of.end() ? nullptr : found->second;
}

std::vector<std::string> FleetBook::add_to(Setup& setup) const {
  std::vector<std::string> renamed;
  std::set<AccountId> ids;
  std::map<std::string, AccountId> names;
  for (const AccountSetup& account : setup.accounts) {
    ids.insert(account.spec.id);
    names.emplace(account.spec.name, account.spec.id);
  }
  const auto add = [&](const FleetPart& part, KnownAccount each) {
    const std::string& id = each.entry.id.value;
    if (!ids.insert(each.entry.id).second) return;
    std::string& name = each.entry.traits.name;
    const bool is_others_id = ids.contains(AccountId(name)) && name != id;
    if (each.is_named_by_id || is_others_id || !names.emplace(name, each.entry.id).second) {
      renamed.push_back(shown_part(part) + " calls account " + id + " " + quote(name) +
                        ", and another account has that name or id: it is called " + id);
      name = id;
      names.emplace(name, each.entry.id);
    }
    setup.accounts.push_back(account_of(part, each, revision_of(part, each.entry.id)));
  };
  const auto add_some = [&](bool of_files, bool is_lost) {
    for (const FleetPart& part : setup.fleet) {
      const auto known = known_.find(name_of_part(part));
      if (known == known_.end() || part.file.empty() == of_files) continue;
      for (const KnownAccount& each : known->second) {
        if (each.is_lost == is_lost) add(part, each);
      }
    }
  };
  // One that a file shows is that one, whatever another file has lost. One that a file has lost
  // stays so, though a discovery shows it: it would have other labels, and another mode.
  add_some(true, false);
  add_some(true, true);
  add_some(false, false);
  add_some(false, true);
  return renamed;
}

}  // namespace authzd
