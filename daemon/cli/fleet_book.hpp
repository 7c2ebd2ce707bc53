// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The accounts that the configuration does not name one by one: those of a file in the source, and
// those that IAM shows. What was shown once and no longer is stays, as unreachable: an account
// leaves only by an entry that says so.
#pragma once

#include "daemon/cli/setup.hpp"
#include "daemon/cycle/fleet_look.hpp"
#include "daemon/net/async.hpp"
#include "daemon/source/source.hpp"
#include "daemon/state/fleet_store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace authzd {

class FleetBook {
 public:
  /// Asks IAM for the accounts of a part by discovery; null: nobody can be asked.
  using Discover = std::function<Async<std::vector<FleetEntry>>(FleetPart part)>;

  /// `database` null: what was known ends with this.
  FleetBook(std::shared_ptr<Database> database, Discover discover)
      : database_(database), store_(std::move(database)), discover_(std::move(discover)) {}

  /// After a reload, which may name another endpoint.
  void ask_by(Discover discover) { discover_ = std::move(discover); }

  /// How an account asks for another look.
  void look_by(std::shared_ptr<FleetLook> look);

  /// Counts the changes of what add_to() adds.
  [[nodiscard]] std::size_t version() const { return version_; }

  struct Look {
    bool has_changed = false;                  // other accounts than before, or other labels
    bool has_new_revision = false;             // accounts may have waited for this look
    std::vector<Error> failures = {};          // of parts that were never known
    std::vector<Error> delays = {};            // of parts that stay as they are known
    std::vector<Diagnostic> diagnostics = {};  // of files
  };

  /// Asks for the accounts of each part. A part that cannot be asked keeps those that are known,
  /// and its accounts keep their revision. Errors: those of the state.
  Async<Look> look(const std::vector<FleetPart>& fleet,  // coroutine-ref: the awaiter's
                   std::shared_ptr<Source> source,
                   Timestamp now);

  /// Adds the accounts that are known. One that the setup names already is that one; one that a
  /// file lost is not that of a later discovery. One whose name another account has, or had first,
  /// is named by its id, so that an entry cannot stop the others, or take what is meant for them: a
  /// sentence of each is returned.
  std::vector<std::string> add_to(Setup& setup) const;

 private:
  Async<std::vector<FleetEntry>> ask(FleetPart part,
                                     std::shared_ptr<Source> source,
                                     Timestamp now,
                                     std::string& revision,  // coroutine-ref: the awaiter's
                                     Look& out);             // coroutine-ref: the awaiter's
  Async<void> check_lineage(const FleetPart& part,           // coroutine-ref: the awaiter's
                            std::shared_ptr<Source> source,
                            std::string revision,
                            Timestamp now);
  Result<void> note_taken(const FleetPart& part, const std::string& revision, Look& out);
  void note_refused(const FleetPart& part,
                    const std::string& revision,
                    const Error& why,
                    Look& out);
  Result<bool> take(const FleetPart& part, std::vector<FleetEntry> entries);
  Result<void> recall(const FleetPart& part);
  [[nodiscard]] std::shared_ptr<const FleetRevision> revision_of(const FleetPart& part,
                                                                 const AccountId& account) const;
  [[nodiscard]] bool is_name_taken(const std::string& part, const FleetEntry& entry) const;
  void sort_revisions(const FleetPart& part, const std::vector<KnownAccount>& earlier);

  std::shared_ptr<Database> database_;
  FleetStore store_;
  Discover discover_;
  std::map<std::string, std::vector<KnownAccount>> known_;  // by part
  std::size_t version_ = 0;
  /// Of a part that is a file.
  struct Revisions {
    std::string last;  // that was read, or refused
    std::map<AccountId, std::shared_ptr<FleetRevision>> of = {};
  };
  std::map<std::string, Revisions> revisions_;  // by part
  std::uint64_t generation_ = 0;
  std::shared_ptr<FleetLook> look_ = {};
};

/// Offline: adds the accounts that files name, and forgets the parts that only IAM can tell.
Async<FleetBook::Look> add_offline_accounts(Setup& setup,  // coroutine-ref: the awaiter's
                                            std::shared_ptr<Source> source);

}  // namespace authzd
