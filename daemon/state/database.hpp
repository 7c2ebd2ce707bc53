// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The file that the state lives in (ADR 10): one SQLite connection, held against every other
// process, at the newest schema. It speaks SQL; what the tables mean is said by the stores.
#pragma once

#include "daemon/state/sql_value.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <chrono>
#include <cstddef>
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

struct DatabaseOptions {
  std::string path = ":memory:";  // which keeps nothing, and needs no lock
  std::chrono::milliseconds busy_timeout{2'000};
  std::size_t max_pages = 0;  // of 4 KiB; 0: as many as the disk has
  /// For tests that kill the process between two writes: called around each commit.
  std::function<void()> before_commit = {};
  std::function<void()> after_commit = {};
};

class Database {
 public:
  /// Opens or makes the file and brings its schema up to date. A missing file is made with mode
  /// 0600; its directory must be there.
  /// Errors, each with what to do: unavailable where another process holds the state (its pid is in
  /// the message) or the disk fails; invalid_config where the file or its directory cannot be
  /// written, is another user's, is damaged, is no state of authzd or of a newer authzd.
  static Result<std::shared_ptr<Database>> open(DatabaseOptions options);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Makes all changes of `change` or, where it or the commit fails, none. What is reported as done
  /// is on the disk. A call within `change` joins it.
  Result<void> atomically(const std::function<Result<void>()>& change);

  /// Runs one statement that gives no rows; one that changes something belongs in atomically().
  Result<void> run(const char* statement, std::initializer_list<SqlValue> values = {});

  /// Runs a query and hands each row to `take`. The row lives as long as that call.
  Result<void> each(const char* query,
                    std::initializer_list<SqlValue> values,
                    const std::function<void(const SqlRow&)>& take);

  /// What `read` makes of each row.
  template <class T>
  Result<std::vector<T>> all(const char* query,
                             std::initializer_list<SqlValue> values,
                             const std::function<T(const SqlRow&)>& read) {
    std::vector<T> found;
    auto done = each(query, values, [&](const SqlRow& row) { found.push_back(read(row)); });
    if (!done) return std::move(done).error();
    return found;
  }

  /// What `read` makes of the first row, if there is one.
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

  /// Where it lies; none: in memory.
  [[nodiscard]] std::optional<std::string> file() const;

  /// There was a state here before, as its key is still there, and what was opened is a new one.
  [[nodiscard]] bool was_lost() const { return was_lost_; }

  /// A MAC over the text, with a key that is beside the file and not in it: what a row that was not
  /// written here does not have. 64 hex digits.
  [[nodiscard]] std::string seal(std::string_view text) const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit Database(DatabaseOptions options);

  Result<void> connect();
  Result<void> prepare_connection();
  Result<void> commit();
  Result<Statement> take_statement(const char* text);
  void give_back(const char* text, Statement statement);
  [[nodiscard]] Error failure(int code) const;

  DatabaseOptions options_;
  std::unique_ptr<LockFile> lock_;  // before the connection: given back after it is closed
  std::unique_ptr<sqlite3, Close> connection_;
  /// Compiled, and used by nobody now: to compile one takes longer than to run it for a row.
  std::unordered_map<std::string, Statement> statements_;
  Secret key_;
  bool is_changing_ = false;
  bool was_lost_ = false;
};

}  // namespace authzd
