// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which revisions of the manifests one account has seen, the text of the last good one, and facts
// about those that were applied.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/state/database.hpp"
#include "daemon/state/memo.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/model/account_traits.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/plan/inheritance.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace authzd {

/// A revision as text: it loaded without an error, and is enforced while a newer one is refused.
struct GoodText {
  std::string revision;
  std::vector<SourceFile> files;
  Timestamp since = {};
  /// What it was read with; none: it was accepted by a version without them.
  std::optional<AccountTraits> traits = {};
};

struct SeenRevision {
  std::string revision;  // empty: the source failed before there was one
  Timestamp at = {};
  std::string error;  // why it was refused; empty: it was not
};

/// The roles of each key's grant, as in the manifest.
using GrantedRoles = std::map<Key, std::set<std::string>>;

class RevisionStore {
 public:
  RevisionStore(std::shared_ptr<Database> database, AccountId account);

  [[nodiscard]] Result<std::optional<GoodText>> good() const;
  [[nodiscard]] Result<std::string> good_name() const;  // empty: none
  Result<void> keep_good(const GoodText& good);

  /// The revision whose plan was last performed: a newer one must descend from it.
  [[nodiscard]] Result<std::optional<SeenRevision>> applied() const;

  /// It is that one, with exactly that text: another configuration may read other files of a
  /// commit.
  [[nodiscard]] Result<bool> is_applied(const std::string& revision,
                                        const std::string& digest) const;

  /// Also stores `unprotected`, the keys whose grants do not (or no longer) say `protect`. The time
  /// of the first such revision is kept until end_releases(), even if the manifests are removed.
  Result<void> keep_applied(const std::string& revision,
                            const std::set<Key>& unprotected,
                            Timestamp now,
                            const std::string& digest = {});

  /// What the last applied revision gave to documents of these names, in any file.
  [[nodiscard]] Result<GivenKeys> given_to(const std::set<DocumentId>& documents) const;

  /// Replaces everything. Call it before keep_applied(): should the process die in between, the
  /// revision is applied again, with the same result.
  Result<void> keep_given(const GivenKeys& given, const GrantedRoles& roles);

  /// The same for some documents, by name; the others are unchanged. Their revision was not applied
  /// as a whole, and is remembered for the lineage of later ones.
  Result<void> keep_given_to(const std::set<std::string>& names,
                             const GivenKeys& given,
                             const GrantedRoles& roles,
                             const std::string& revision);

  /// What the applied revision grants, and what was applied by name since.
  [[nodiscard]] Result<GrantedRoles> granted_roles() const;

  /// The revision that a new one must descend from: the last applied one; if none was ever applied
  /// as a whole, the last one with applied documents.
  [[nodiscard]] Result<std::optional<SeenRevision>> forebear() const;

  /// Like `unprotected` of keep_applied(), for some keys of a revision that was not applied as a
  /// whole.
  Result<void> keep_releases(const std::set<Key>& unprotected, Timestamp now);

  /// The keys with such a time that no policy has which we wrote.
  [[nodiscard]] Result<CopyOnWrite<std::set<Key>>> unwritten_releases() const;

  /// Removes the times of these keys: their grants say `protect` again.
  Result<void> end_releases(const std::set<Key>& keys);

  /// The time of each of these keys begins when the time is next known from IAM (TimeStore::take).
  Result<void> restart_releases();

  /// The newest revision that was attempted, good or refused.
  [[nodiscard]] Result<std::optional<SeenRevision>> attempted() const;
  Result<void> keep_attempted(const SeenRevision& revision);

  /// When each key first was in an applied revision without `protect`.
  [[nodiscard]] Result<std::map<Key, Timestamp>> protect_releases() const;

  /// Adds the authors of an accepted revision to the stored ones.
  Result<void> add_authors(const Authors& authors);
  /// Nothing is held any more, so no author needs to be excluded.
  Result<void> forget_authors();
  [[nodiscard]] Result<Authors> authors() const;

 private:
  [[nodiscard]] Result<std::set<Key>> read_unwritten_releases() const;
  [[nodiscard]] Result<std::optional<SeenRevision>> seen(const char* role) const;
  [[nodiscard]] Result<std::optional<AccountTraits>> traits() const;
  Result<void> keep(const char* role, const SeenRevision& revision);
  Result<void> add_given(const GivenKeys& given, const GrantedRoles& roles);

  std::shared_ptr<Database> database_;
  AccountId account_;
  mutable Memo<std::set<Key>> unwritten_releases_;
};

/// Adds a row (address, is_committer) of the authors of a revision or of an end. An empty address
/// means that not all are known. Private to this folder.
inline void add_author(Authors& authors, const SqlRow& row) {
  std::string address = row.text(0);
  if (address.empty()) {
    authors.is_known = false;
  } else {
    (row.flag(1) ? authors.committed : authors.wrote).insert(std::move(address));
  }
}

}  // namespace authzd
