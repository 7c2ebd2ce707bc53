// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The state as the stores see it: an engine that executes SQL, at the newest schema. The stores
// define the meaning of the tables, and write only what every engine understands in the same way
// (daemon/docs/adr/0013-sql-for-two-engines.md).
#pragma once

#include "daemon/state/sql_value.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

struct DatabaseOptions {
  std::string path = ":memory:";  // stores nothing, and needs no lock
  std::chrono::milliseconds busy_timeout{2'000};
  std::size_t max_pages = 0;  // of 4 KiB; 0: unlimited
  /// For tests that kill the process between two writes: called around each commit.
  std::function<void()> before_commit = {};
  std::function<void()> after_commit = {};
};

/// Equal versions of some tables: their rows are the same.
struct StateVersion {
  std::uint64_t own = 0;       // changes by this connection, and rollbacks
  std::int64_t of_others = 0;  // changes by other connections, as the engine counts them

  bool operator==(const StateVersion&) const = default;
};

class Database {
 public:
  /// Opens or creates the file and updates its schema. A missing file is created with mode 0600;
  /// its directory must exist. Errors, each with a remedy: unavailable if another process holds the
  /// state (with its pid) or the disk fails; invalid_config if the file or its directory cannot be
  /// written, belongs to another user, is damaged, is not a state of authzd or is from a newer
  /// authzd.
  static Result<std::shared_ptr<Database>> open(DatabaseOptions options);

  Database() = default;
  virtual ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Makes all changes of `change`, or none if it or the commit fails. After success the data is on
  /// disk. A call within `change` joins it.
  virtual Result<void> atomically(const std::function<Result<void>()>& change) = 0;

  /// Runs one statement without rows; a change belongs in atomically().
  Result<void> run(const char* statement, std::initializer_list<SqlValue> values = {}) {
    return each(statement, values, [](const SqlRow&) {});
  }

  /// Runs a query and passes each row to `take`. The row is valid during that call.
  virtual Result<void> each(const char* query,
                            std::initializer_list<SqlValue> values,
                            const std::function<void(const SqlRow&)>& take) = 0;

  /// The results of `read` for each row.
  template <class T>
  Result<std::vector<T>> all(const char* query,
                             std::initializer_list<SqlValue> values,
                             const std::function<T(const SqlRow&)>& read) {
    std::vector<T> found;
    auto done = each(query, values, [&](const SqlRow& row) { found.push_back(read(row)); });
    if (!done) return std::move(done).error();
    return found;
  }

  /// The result of `read` for the first row, if there is one.
  template <class T>
  Result<std::optional<T>> first(const char* query,
                                 std::initializer_list<SqlValue> values,
                                 const std::function<T(const SqlRow&)>& read) {
    std::optional<T> found;
    auto done = each(query, values, [&](const SqlRow& row) {
      if (!found) found.emplace(read(row));
    });
    if (!done) return std::move(done).error();
    return found;
  }

  /// The version of the tables, for who keeps what it has read of them.
  virtual Result<StateVersion> version(const std::vector<std::string>& tables) = 0;

  /// Room for that many entries which are kept in memory, of all accounts together; false: there is
  /// none left. An account without room is read from the file each time.
  bool take_room(std::size_t entries);
  void give_room_back(std::size_t entries) { room_ += entries; }

  /// Its path; none: in memory, or not a file of this host.
  [[nodiscard]] virtual std::optional<std::string> file() const = 0;

  /// A state existed here before, because its key still exists, and the opened one is new.
  [[nodiscard]] bool was_lost() const { return was_lost_; }

  /// It was restored from an older copy, as the file beside it shows, or that file is missing: what
  /// it had from people and what it had waited for no longer counts (ChangeMark).
  [[nodiscard]] bool is_older_copy() const { return is_older_copy_; }

  /// A MAC over the text, with a key that is beside the file and not in it: rows from elsewhere
  /// lack it. 64 hex digits.
  [[nodiscard]] std::string seal(std::string_view text) const;

 protected:
  void note_loss(bool was_lost) { was_lost_ = was_lost; }
  void note_age(bool is_older_copy) { is_older_copy_ = is_older_copy; }
  void seal_with(Secret key) { key_ = std::move(key); }

 private:
  std::size_t room_ = 60'000;
  Secret key_;
  bool was_lost_ = false;
  bool is_older_copy_ = false;
};

}  // namespace authzd
