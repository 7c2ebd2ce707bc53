// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which revisions of the manifests one account has seen, the text of the last good one, and what
// must be remembered of those that were applied.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/manifest/source_file.hpp"
#include "reconciler/model/key.hpp"

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// A revision as text: it loaded without an error, and is enforced while a newer one is refused.
struct GoodText {
  std::string revision;
  std::vector<SourceFile> files;
  Timestamp since = {};
};

struct SeenRevision {
  std::string revision;  // empty: the source failed before there was one
  Timestamp at = {};
  std::string error;  // why it was refused; empty: it was not
};

/// A grant's end of which an applied revision spoke while it was still to come.
struct AnnouncedExpiry {
  Key key;
  Timestamp expires_at = {};

  auto operator<=>(const AnnouncedExpiry&) const = default;
};

class RevisionStore {
 public:
  RevisionStore(std::shared_ptr<Database> database, AccountId account);

  [[nodiscard]] Result<std::optional<GoodText>> good() const;
  Result<void> keep_good(const GoodText& good);

  /// The revision whose plan was last performed: what a newer one must descend from.
  [[nodiscard]] Result<std::optional<SeenRevision>> applied() const;

  /// With it: `unprotected` are the keys whose grants do not say `protect` (any more), of which the
  /// time of the first such revision is kept until they say it again; `expiries` are those of the
  /// revision, of which the ones still to come are kept.
  Result<void> keep_applied(const std::string& revision,
                            const std::set<Key>& unprotected,
                            const std::set<AnnouncedExpiry>& expiries,
                            Timestamp now);

  /// The newest revision that was tried, good or refused.
  [[nodiscard]] Result<std::optional<SeenRevision>> attempted() const;
  Result<void> keep_attempted(const SeenRevision& revision);

  /// When each key first was in an applied revision without `protect`.
  [[nodiscard]] Result<std::map<Key, Timestamp>> protect_releases() const;

  [[nodiscard]] Result<std::set<AnnouncedExpiry>> announced_expiries() const;

 private:
  [[nodiscard]] Result<std::optional<SeenRevision>> seen(const char* role) const;
  Result<void> keep(const char* role, const SeenRevision& revision);
  Result<void> keep_releases(const std::set<Key>& unprotected, Timestamp now);

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
