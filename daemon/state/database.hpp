// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The file with the state (ADR 10): one SQLite connection, locked against other processes, at the
// newest schema. It executes SQL; the stores define the meaning of the tables.
#pragma once

#include "daemon/state/sqlite.hpp"
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
#include <unordered_map>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace authzd {

class LockFile;
class StateSerial;

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
  std::int64_t of_others = 0;  // changes by other connections, as SQLite counts them

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

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Makes all changes of `change`, or none if it or the commit fails. After success the data is on
  /// disk. A call within `change` joins it.
  Result<void> atomically(const std::function<Result<void>()>& change);

  /// Runs one statement without rows; a change belongs in atomically().
  Result<void> run(const char* statement, std::initializer_list<SqlValue> values = {});

  /// Runs a query and passes each row to `take`. The row is valid during that call.
  Result<void> each(const char* query,
                    std::initializer_list<SqlValue> values,
                    const std::function<void(const SqlRow&)>& take);

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
  Result<StateVersion> version(const std::vector<std::string>& tables);

  /// Room for that many entries which are kept in memory, of all accounts together; false: there is
  /// none left. An account without room is read from the file each time.
  bool take_room(std::size_t entries);
  void give_room_back(std::size_t entries) { room_ += entries; }

  /// Its path; none: in memory.
  [[nodiscard]] std::optional<std::string> file() const;

  /// A state existed here before, because its key still exists, and the opened one is new.
  [[nodiscard]] bool was_lost() const { return was_lost_; }

  /// It was restored from an older copy, as the file beside it shows, or that file is missing: what
  /// it had from people and what it had waited for no longer counts (ChangeMark).
  [[nodiscard]] bool is_older_copy() const { return is_older_copy_; }

  /// A MAC over the text, with a key that is beside the file and not in it: rows from elsewhere
  /// lack it. 64 hex digits.
  [[nodiscard]] std::string seal(std::string_view text) const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  struct Statement {
    std::unique_ptr<sqlite3_stmt, Finalize> prepared;
    std::vector<std::uint64_t*> changes;  // of the tables that it changes
  };

  explicit Database(DatabaseOptions options);

  static int note_change(void* database,
                         int operation,
                         const char* table,
                         const char* column,
                         const char* schema,
                         const char* trigger);
  Result<void> connect();
  Result<void> prepare_connection();
  Result<void> commit();
  Result<Statement> take_statement(const char* text);
  void give_back(const char* text, Statement statement);
  [[nodiscard]] Error failure(int code) const;

  DatabaseOptions options_;
  std::unique_ptr<LockFile> lock_;  // before the connection: released after it is closed
  std::unique_ptr<sqlite3, Close> connection_;
  /// Compiled and currently unused: compiling takes longer than running for a row.
  std::unordered_map<std::string, Statement> statements_;
  std::unordered_map<std::string, std::uint64_t> changes_;  // by table
  std::vector<std::uint64_t*> changed_;  // by the statement that is being compiled
  std::uint64_t rollbacks_ = 0;
  std::size_t room_ = 60'000;
  std::unique_ptr<StateSerial> serial_;  // none: in memory, or not opened yet
  Secret key_;
  bool is_changing_ = false;
  bool was_lost_ = false;
  bool is_older_copy_ = false;
};

}  // namespace authzd
